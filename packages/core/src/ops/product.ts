/** @file Matrix products. */
import { dims, formatShape, sameShape, ShapeError } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { requireOneType } from "./element-types.ts";
import { recorder } from "./record.ts";
import type { Binary, NoParams } from "./record.ts";

export interface ProductPrimitives {
  matmul: Binary<{
    readonly transposeX: boolean;
    readonly transposeY: boolean;
    readonly scale: number;
  }>;
  affine: {
    readonly inputs: readonly [x: Tensor, weight: Tensor, bias: Tensor];
    readonly params: NoParams;
  };
}

const { recordOne } = recorder<ProductPrimitives>();

export interface Matmul {
  /** Use xᵀ: its last two axes exchanged. */
  readonly transposeX?: boolean;
  /** Use yᵀ: its last two axes exchanged. */
  readonly transposeY?: boolean;
  /** A factor on the product. */
  readonly scale?: number;
}

/** scale · x y over the last two axes; the leading axes of both are equal. */
export function matmul(
  x: Tensor,
  y: Tensor,
  { transposeX = false, transposeY = false, scale = 1 }: Matmul = {},
): Tensor {
  const leading = x.shape.slice(0, -2);
  const [m, k] = x.shape.slice(-2);
  const [rows, inner] = transposeX ? [k, m] : [m, k];
  const [p, q] = y.shape.slice(-2);
  const [innerY, columns] = transposeY ? [q, p] : [p, q];
  if (x.shape.length < 2 || inner !== innerY || !sameShape(leading, y.shape.slice(0, -2))) {
    const mark = (transposed: boolean) => (transposed ? "ᵀ" : "");
    throw new ShapeError(
      `matmul: expected [..., M, K] and [..., K, N], got ${formatShape(x.shape)}${mark(transposeX)} and ${formatShape(y.shape)}${mark(transposeY)}`,
    );
  }
  requireOneType("matmul", [x, y]);
  const shape = [...leading, rows!, columns!];
  return recordOne("matmul", [x, y], { transposeX, transposeY, scale }, shape, x.dtype);
}

/** x Wᵀ + b on rows: x [R, I], W [O, I], b [O] to [R, O]. */
export function affine(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [R, I] = dims(x, "R I");
  const [O, inputs] = dims(weight, "O I");
  if (I !== inputs || !sameShape(bias.shape, [O])) {
    throw new ShapeError(
      `affine: expected x [R, I], weight [O, I] and bias [O], got ${formatShape(x.shape)}, ${formatShape(weight.shape)} and ${formatShape(bias.shape)}`,
    );
  }
  requireOneType("affine", [x, weight, bias]);
  return recordOne("affine", [x, weight, bias], {}, [R, O], x.dtype);
}
