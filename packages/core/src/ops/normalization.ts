/** @file Softmax and layer normalisation over the last axis, in float32. Their gradients: normalization-gradients.ts. */
import { formatShape, record, recordOne, sameShape, ShapeError } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { requireFloat32 } from "./element-types.ts";

/** eˣ / Σ eˣ over the last axis. */
export function softmax(x: Tensor): Tensor {
  requireFloat32("softmax", x);
  return recordOne("softmax", [x], {}, x.shape);
}

/** x - ln Σ eˣ over the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  requireFloat32("logSoftmax", x);
  return recordOne("logSoftmax", [x], {}, x.shape);
}

/** γ (x - x̄) / √(var + ε) + β over the last axis. Ba et al., arXiv:1607.06450. */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  requireFloat32("layerNorm", x);
  const width = x.shape.slice(-1);
  if (!sameShape(gamma.shape, width) || !sameShape(beta.shape, width)) {
    throw new ShapeError(
      `layerNorm: expected gamma and beta of shape ${formatShape(width)} for ${formatShape(x.shape)}, got ${formatShape(gamma.shape)} and ${formatShape(beta.shape)}`,
    );
  }
  const rows = [...x.shape.slice(0, -1), 1];
  const [y] = record("layerNorm", [x, gamma, beta], { epsilon }, [
    { shape: x.shape, dtype: "float32" },
    { shape: rows, dtype: "float32" }, // mean
    { shape: rows, dtype: "float32" }, // 1 / √(var + ε)
  ]);
  return y;
}

/** x + gate · y, the gate one number per row: x, y [R, D], gate [R, 1]. One pass on a CPU. */
export function scaleRowsAdd(x: Tensor, y: Tensor, gate: Tensor): Tensor {
  requireFloat32("scaleRowsAdd", x);
  const [rows] = x.shape;
  if (x.shape.length !== 2 || !sameShape(x.shape, y.shape) || !sameShape(gate.shape, [rows!, 1])) {
    throw new ShapeError(
      `scaleRowsAdd: expected x and y [R, D] and gate [R, 1], got ${formatShape(x.shape)}, ${formatShape(y.shape)} and ${formatShape(gate.shape)}`,
    );
  }
  return recordOne("scaleRowsAdd", [x, y, gate], {}, x.shape);
}
