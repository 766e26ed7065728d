/** @file Layers, losses and parameters. */

export {
  attention,
  type Attention,
  block,
  type Block,
  declareBlock,
  declareLayerNorm,
  declareLinear,
  layerNorm,
  type LayerNorm,
  linear,
  type Linear,
  mlp,
  type Mlp,
} from "./layers.ts";
export { crossEntropy, oneHot } from "./losses.ts";
export {
  constantInitializer,
  type Declaration,
  type Declared,
  declareParameters,
  initialWeights,
  type Initializer,
  type Scope,
  truncatedNormal,
} from "./parameters.ts";
