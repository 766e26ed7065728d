/** @file The vision transformers, and what turns images into their patches. */

export { patchCount, tokenCount, type Variant, variants, type VitConfig } from "./config.ts";
export {
  denormalizePixels,
  imagenet,
  type Normalization,
  normalizePixels,
  patchify,
  patchifyPlanar,
  toPixels,
} from "./pixels.ts";
export { declareTokens, embedTokens, matrixInitializer, type TokenEmbedding } from "./tokens.ts";
export { classify, declareVit, type Trace, traceClassify, type Vit } from "./vit.ts";
