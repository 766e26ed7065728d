/** @file Softmax and layer normalisation over the last axis, in float32. */
import { formatShape, sameShape, ShapeError } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { requireFloat32 } from "./element-types.ts";
import { recorder } from "./record.ts";
import type { NoParams, Unary } from "./record.ts";

export interface NormalizationPrimitives {
  softmax: Unary;
  logSoftmax: Unary;
  /** Outputs: the result, the mean and 1 / √(var + ε), the last two with an axis of size 1 at the end. */
  layerNorm: {
    readonly inputs: readonly [x: Tensor, gamma: Tensor, beta: Tensor];
    readonly params: { readonly epsilon: number };
  };
  scaleRowsAdd: {
    readonly inputs: readonly [x: Tensor, y: Tensor, gate: Tensor];
    readonly params: NoParams;
  };
}

const { record, recordOne } = recorder<NormalizationPrimitives>();

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

/** x + gate · y with one gate for each row: x, y [R, D], gate [R, 1]. */
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
