/**
 * @file The time that one matrix product takes alone, from ONNX Runtime's profile.
 *
 * A clock around the whole run would include a copy of the output, which a step does not make.
 */
import { ops, profileKernels } from "@mvt/core";
import { median } from "simple-statistics";
import type { Product } from "./matrix-products.ts";

const runs = 12;
/** Runs that do not count: they fill caches and memory pools. */
const warmUp = 3;

/** The seconds that the kernel of one product takes on so many threads: the median of several runs. */
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

/** Numbers of ordinary size: products with zeros or denormals run at another speed. */
function noise(shape: readonly number[]): Float32Array {
  const length = shape.reduce((product, n) => product * n, 1);
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898));
}
