/** @file Every operator that models, losses and optimisers are written with. */

export { broadcastShapes } from "./broadcast.ts";
export {
  abs,
  add,
  cast,
  div,
  equal,
  exp,
  gelu,
  greater,
  log,
  minimum,
  mul,
  neg,
  normalCdf,
  sigmoid,
  sign,
  sqrt,
  sub,
  where,
} from "./elementwise.ts";
export { layerNorm, logSoftmax, scaleRowsAdd, softmax } from "./normalization.ts";
export type { ConstantData, Primitive, Primitives } from "./primitives.ts";
export { affine, matmul, type Matmul } from "./product.ts";
export { mean, sum, variance } from "./reduction.ts";
export { after, broadcastTo, concat, reshape, slice, split, transpose, zeros } from "./shape.ts";
export { constant, input, scalar } from "./sources.ts";
