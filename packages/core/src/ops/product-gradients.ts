/** @file The gradients of matrix products. */
import type { VjpRules } from "../autodiff/rule.ts";
import { matmul } from "./product.ts";
import { sum } from "./reduction.ts";

export const productRules = {
  // z = s X Y with X = x or xᵀ, Y = y or yᵀ: dX = s dz Yᵀ, dY = s Xᵀ dz, then transposed back.
  matmul: (dz, [x, y], { params: { transposeX, transposeY, scale } }) => [
    transposeX
      ? matmul(y, dz, { transposeX: transposeY, transposeY: true, scale })
      : matmul(dz, y, { transposeY: !transposeY, scale }),
    transposeY
      ? matmul(dz, x, { transposeX: true, transposeY: transposeX, scale })
      : matmul(x, dz, { transposeX: !transposeX, scale }),
  ],
  affine: (dy, [x, weight]) => [
    matmul(dy, weight), //                     [R, I]
    matmul(dy, x, { transposeX: true }), //    [O, I]
    sum(dy, [0]), //                           [O]
  ],
} satisfies Partial<VjpRules>;
