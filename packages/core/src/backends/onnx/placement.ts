/** @file Which operators of a program the device has no kernel for, so that ONNX Runtime runs them on the host. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputOf } from "../../program/program.ts";
import type { Feed, Feeds, Program } from "../../program/program.ts";
import { sizeOf } from "../../tensor.ts";
import type { InputType } from "../../tensor.ts";
import { onnxBackend } from "./backend.ts";
import type { OnnxDevice } from "./session.ts";

/** The operators of one run that did not run on `device`, each with how often; from ONNX Runtime's profile. */
export async function operatorsOnHost(
  program: Program,
  device: OnnxDevice,
): Promise<ReadonlyMap<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), "mvt-placement-"));
  try {
    const backend = await onnxBackend({ device, profile: join(folder, "profile") });
    const executable = await backend.compile(program);
    await executable.run(zeroFeeds(program));
    await executable.dispose();
    const counts = new Map<string, number>();
    for (const name of await readdir(folder)) {
      const events = JSON.parse(
        await readFile(join(folder, name), "utf8"),
      ) as readonly ProfileEvent[];
      for (const { provider, op_name: operator } of events.map(({ args }) => args ?? {})) {
        if (operator === undefined || provider !== "CPUExecutionProvider") continue;
        counts.set(operator, (counts.get(operator) ?? 0) + 1);
      }
    }
    return counts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An entry of the profile, in Chrome's trace format. */
interface ProfileEvent {
  readonly args?: { readonly provider?: string; readonly op_name?: string };
}

function zeroFeeds({ inputs }: Program): Feeds {
  const fed = inputs.map(inputOf);
  return Object.fromEntries(
    fed.map(({ name, shape, dtype }) => [name, new feedTypes[dtype](sizeOf(shape))]),
  );
}

const feedTypes: Readonly<Record<InputType, new (length: number) => Feed>> = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};
