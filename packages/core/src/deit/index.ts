/** @file DeiT: the vision transformers of the paper, and what turns images into their patches. */

export {
  denormalizePixels,
  imagenet,
  type Normalization,
  normalizePixels,
  patchify,
  patchifyPlanar,
  toPixels,
} from "./pixels.ts";
export {
  classify,
  declareVit,
  embedPatches,
  patchCount,
  traceClassify,
  type Variant,
  variants,
  type Vit,
  type VitConfig,
} from "./vit.ts";
