/** @file The floor of a step: what its matrix products take, each alone and at its best number of threads. */
import type { Program } from "@mvt/core";
import type { TimedProduct } from "@mvt/report";
import { kernelSeconds } from "./kernel-time.ts";
import { formatProduct, productsOf } from "./products.ts";
import type { Product } from "./products.ts";

export interface Floor {
  /** Times every product anew, the most expensive first. */
  time(): Promise<readonly TimedProduct[]>;
}

/** Each number of threads is tried so often: what a busy machine does to one trial does not decide. */
const trials = 3;

/** Whether all threads or one suit a product better is found once, at the first time. */
export function floorOf(program: Program, threads: number): Floor {
  const products = productsOf(program).toSorted((a, b) => b.count * b.flop - a.count * a.flop);
  const best = new Map<Product, number>();
  const tried = Array.from({ length: trials }, () => [...new Set([1, threads])]).flat();
  const timeProduct = async (product: Product): Promise<TimedProduct> => {
    const known = best.get(product);
    const times: { readonly threads: number; readonly seconds: number }[] = [];
    for (const setting of known === undefined ? tried : [known]) {
      times.push({ threads: setting, seconds: await kernelSeconds(product, setting) });
    }
    const fastest = times.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    best.set(product, fastest.threads);
    const { count, flop } = product;
    return { shape: formatProduct(product), count, flop, ...fastest };
  };
  return {
    async time() {
      const timed: TimedProduct[] = [];
      for (const product of products) timed.push(await timeProduct(product));
      return timed;
    },
  };
}

/** Seconds of all products of one step. */
export function secondsOf(products: readonly TimedProduct[]): number {
  return products.reduce((total, { count, seconds }) => total + count * seconds, 0);
}
