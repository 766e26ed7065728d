/**
 * @file Operators written with simpler ones. A backend names those that it has no kernel for, or a slow one.
 *
 * `simplify` replaces the named operators before a graph is encoded or interpreted.
 */
import { sizeOf } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { add, erf, mul, normalCdf } from "./elementwise.ts";
import type { NodeOf, Primitive, Primitives } from "./primitives.ts";
import { matmul } from "./product.ts";
import { transpose } from "./shape.ts";

/** The output of a node, computed by simpler operators; undefined for a node that is simple enough. */
export type Decomposition<P extends Primitive> = (
  inputs: Primitives[P]["inputs"],
  node: NodeOf<P>,
) => Tensor | undefined;

/** The operators that a backend wants replaced. Only operators with one output can be. */
export type Decompositions = { readonly [P in Primitive]?: Decomposition<P> };

export const decompositions = {
  /** Φ(x) = (1 + erf(x/√2)) / 2 */
  normalCdf: ([x]) => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5),
  /** x Φ(x) */
  gelu: ([x]) => mul(x, normalCdf(x)),
  /** x + gate · y */
  scaleRowsAdd: ([x, y, gate]) => add(x, mul(y, gate)),
} satisfies Decompositions;

export interface PlainMatmul {
  /** Leave products of two matrices as they are: only products of stacks of matrices are replaced. */
  readonly stacksOnly?: boolean;
  /** Make transposed matrices by operators of their own. Default: the product transposes. */
  readonly transposes?: boolean;
  /** What the factor is multiplied with: the smallest of x, y and the product, or always the product. */
  readonly scaled: "smallest" | "product";
}

/** Products whose factor, and perhaps whose transposes, are operators of their own. */
export function plainMatmul({
  stacksOnly = false,
  transposes = false,
  scaled,
}: PlainMatmul): Decomposition<"matmul"> {
  return ([x, y], { outputs: [z], params: { transposeX, transposeY, scale } }) => {
    const isTransposed = [transposeX, transposeY].map((given) => given && transposes);
    if (stacksOnly && x.shape.length === 2) return undefined;
    if (scale === 1 && !isTransposed.includes(true)) return undefined;
    const sizes = [x, y, z].map(({ shape }) => sizeOf(shape));
    const place = scaled === "product" ? 2 : sizes.indexOf(Math.min(...sizes));
    const times = (t: Tensor, i: number) => (scale !== 1 && i === place ? mul(t, scale) : t);
    const [a, b] = [x, y].map((t, i) => times(isTransposed[i]! ? lastAxesExchanged(t) : t, i)) as [
      Tensor,
      Tensor,
    ];
    const kept = { transposeX: transposeX && !transposes, transposeY: transposeY && !transposes };
    return times(matmul(a, b, kept), 2);
  };
}

function lastAxesExchanged(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}
