/** @file The matrix products of a program: their shapes, how often each occurs, and the time they take alone. */
import { sum } from "@mvt/common";
import { simplify } from "@mvt/core";
import type { ops, Program, Shape, Tensor } from "@mvt/core";
import type { TimedProduct } from "@mvt/report";
import { kernelSeconds } from "./kernel-time.ts";

export interface Product {
  readonly x: Shape;
  readonly y: Shape;
  readonly options: Required<ops.Matmul>;
  /** How often the program computes a product of these shapes. */
  readonly count: number;
  /** Floating-point operations of one: 2 B M K N. */
  readonly flop: number;
}

export interface ProductTimer {
  /** Times every product once more, the most expensive first. */
  time(): Promise<readonly TimedProduct[]>;
}

/** Trials of each number of threads. One trial would decide nothing on a busy machine. */
const trials = 3;

/**
 * Times the products of a program, each alone and either on one thread or on all, whichever is faster. The first
 * call of `time` finds out which.
 */
export function productTimer(program: Program, threads: number): ProductTimer {
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

/** The seconds of all products of one step. */
export function totalSeconds(products: readonly TimedProduct[]): number {
  return sum(products.map(({ count, seconds }) => count * seconds));
}

/** Every matrix product of one run of the program. Products of the same shapes are counted together. */
function productsOf({ outputs, state }: Program): readonly Product[] {
  const results: readonly Tensor[] = [
    ...Object.values(outputs),
    ...state.flatMap(({ next }) => next ?? []),
  ];
  const products = simplify(results).nodes.flatMap(({ op, inputs, params, outputs: [z] }) => {
    if (op !== "matmul" && op !== "affine") return [];
    const [{ shape: x }, { shape: y }] = inputs as unknown as readonly [Tensor, Tensor];
    const options =
      op === "matmul"
        ? (params as Required<ops.Matmul>)
        : { transposeX: false, transposeY: true, scale: 1 }; // x Wᵀ
    const inner = x.at(options.transposeX ? -2 : -1)!;
    const flop = 2 * inner * z.shape.reduce((product, n) => product * n, 1);
    return [{ x, y, options, flop }];
  });
  const groups = Map.groupBy(products, ({ x, y, options }) => JSON.stringify([x, y, options]));
  return [...groups.values()].map((group) => ({ ...group[0]!, count: group.length }));
}

/** "[1576, 384] x [1536, 384]ᵀ" */
function formatProduct({ x, y, options }: Product): string {
  const side = (shape: Shape, transposed: boolean) =>
    `[${shape.join(", ")}]${transposed ? "ᵀ" : ""}`;
  return `${side(x, options.transposeX)} x ${side(y, options.transposeY)}`;
}
