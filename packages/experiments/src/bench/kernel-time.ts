/**
 * @file The time one matrix product takes by itself, from ONNX Runtime's profile.
 *
 * The clock around a run would count the copy of its output, which the step does not make.
 */
import { ops, profileKernels } from "@mvt/core";
import { median } from "./median.ts";
import type { Product } from "./products.ts";

const runs = 12;
/** The first runs fill caches and memory pools. */
const warmUp = 3;

/** Seconds that the kernel of one product takes with so many threads: the median of several runs. */
export async function kernelSeconds(product: Product, threads: number): Promise<number> {
  const kernels = await profileKernels({ threads }, async (backend) => {
    const [x, y] = [ops.input("x", product.x), ops.input("y", product.y)];
    const z = ops.matmul(x, y, product.options);
    const executable = await backend.compile({ inputs: [x, y], outputs: { z }, state: [] });
    const feeds = { x: noise(product.x), y: noise(product.y) };
    for (let i = 0; i < runs; i += 1) await executable.run(feeds);
    await executable.dispose();
  });
  const products = kernels.filter(({ operator }) => /Gemm|MatMul/.test(operator));
  return median(products.map(({ seconds }) => seconds).slice(warmUp));
}

/** Numbers of ordinary size: zeros and denormals run at another speed. */
function noise(shape: readonly number[]): Float32Array {
  const length = shape.reduce((product, n) => product * n, 1);
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898));
}
