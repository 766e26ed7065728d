/** @file The matrix products of a program: their shapes, how often each occurs, what they cost. */
import { simplify } from "@mvt/core";
import type { ops, Program, Shape, Tensor } from "@mvt/core";

export interface Product {
  readonly x: Shape;
  readonly y: Shape;
  readonly options: Required<ops.Matmul>;
  /** How often the program computes a product of this shape. */
  readonly count: number;
  /** Of one: 2 B M K N. */
  readonly flop: number;
}

/** Every matrix product of one run of the program, the same shapes counted together. */
export function productsOf({ outputs, state, update }: Program): readonly Product[] {
  const results: readonly Tensor[] = [
    ...Object.values(outputs),
    ...state.flatMap(({ next }) => next ?? []),
    ...(update?.parameters ?? []).map(({ gradient }) => gradient),
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
export function formatProduct({ x, y, options }: Product): string {
  const side = (shape: Shape, transposed: boolean) =>
    `[${shape.join(", ")}]${transposed ? "ᵀ" : ""}`;
  return `${side(x, options.transposeX)} x ${side(y, options.transposeY)}`;
}
