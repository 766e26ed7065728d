/** @file ONNX Runtime's profile: which kernels ran where, and how long each of them took. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend } from "../../program/program.ts";
import { onnxBackend } from "./backend.ts";
import type { OnnxOptions } from "./options.ts";

/** One kernel that ran once. */
export interface ProfiledKernel {
  /** The ONNX operator: "Gemm". */
  readonly operator: string;
  /** ONNX Runtime's name for where it ran: "CPUExecutionProvider". */
  readonly provider: string;
  readonly seconds: number;
}

/** What `work` makes a backend run, kernel by kernel in the order of the runs. `work` disposes of its executables. */
export async function profileKernels(
  options: Omit<OnnxOptions, "profile">,
  work: (backend: Backend) => Promise<void>,
): Promise<readonly ProfiledKernel[]> {
  const folder = await mkdtemp(join(tmpdir(), "mvt-profile-"));
  try {
    await work(await onnxBackend({ ...options, profile: join(folder, "profile") }));
    const names = (await readdir(folder)).toSorted(); // one for each session
    const files = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    return files.flatMap((text) => kernelsIn(JSON.parse(text) as readonly ProfileEvent[]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An entry of the profile, in Chrome's trace format; durations in microseconds. */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

function kernelsIn(events: readonly ProfileEvent[]): readonly ProfiledKernel[] {
  return events.flatMap(({ cat, name, dur, args: { op_name: operator, provider } = {} }) =>
    cat === "Node" && name.endsWith("_kernel_time") && operator && provider
      ? [{ operator, provider, seconds: dur / 1e6 }]
      : [],
  );
}
