/**
 * @file The time that one matrix product takes alone, from ONNX Runtime's profile.
 *
 * A clock around the whole run would include a copy of the output, which a step does not make.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnxBackend, ops } from "@mvt/core";
import { median } from "simple-statistics";
import type { Product } from "./matrix-products.ts";

const runs = 12;
/** Runs that do not count: they fill caches and memory pools. */
const warmUp = 3;

/** The seconds that the kernel of one product takes on so many threads: the median of several runs. */
export async function kernelSeconds(product: Product, threads: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "mvt-bench-"));
  try {
    const backend = await onnxBackend({ threads, profile: join(folder, "profile") });
    const [x, y] = [ops.input("x", product.x), ops.input("y", product.y)];
    const z = ops.matmul(x, y, product.options);
    const executable = await backend.compile({ inputs: [x, y], outputs: { z }, state: [] });
    const feeds = { x: noise(product.x), y: noise(product.y) };
    for (let i = 0; i < runs; i += 1) await executable.run(feeds);
    await executable.dispose();
    const [profile] = await readdir(folder);
    const events = JSON.parse(
      await readFile(join(folder, profile!), "utf8"),
    ) as readonly ProfileEvent[];
    const kernels = events.filter(
      ({ cat, name, args }) =>
        cat === "Node" && name.endsWith("_kernel_time") && /Gemm|MatMul/.test(args.op_name!),
    );
    return median(kernels.map(({ dur }) => dur).slice(warmUp)) / 1e6;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An entry of the profile, in Chrome's trace format; durations in microseconds. */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  /** Of nodes: "Gemm". */
  readonly args: { readonly op_name?: string };
}

/** Numbers of ordinary size: products with zeros or denormals run at another speed. */
function noise(shape: readonly number[]): Float32Array {
  const length = shape.reduce((product, n) => product * n, 1);
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898));
}
