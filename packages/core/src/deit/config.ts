/** @file The sizes and options of a vision transformer, and what follows from them. */

/** What of the last block's tokens goes into the head, by the name that `--pooling` takes. */
export const poolings = {
  class: { about: "the class token, after the last norm" },
  average: {
    about: "the mean of the patches, then a norm (timm's fc_norm), as MAE and FMAE are fine-tuned",
  },
} as const satisfies Readonly<Record<string, { readonly about: string }>>;

export type Pooling = keyof typeof poolings;

export const poolingNames = Object.keys(poolings) as readonly Pooling[];

export interface VitConfig {
  /** Side S of the square input, in pixels. */
  readonly imageSize: number;
  /** Side P of a patch, in pixels. */
  readonly patchSize: number;
  /** D */
  readonly width: number;
  /** Number of blocks. */
  readonly depth: number;
  /** H */
  readonly heads: number;
  readonly mlpRatio: number;
  /** K */
  readonly classes: number;
  /** R: tokens after the class token that take part in attention and are then dropped. Default 0. */
  readonly registers?: number;
  /** The value that every γ of LayerScale starts with; no LayerScale if absent. */
  readonly layerScale?: number;
  /** Whether the class token has a position embedding. Default true; registers never have one. */
  readonly classPosition?: boolean;
  /** What goes into the head. Default "class". */
  readonly pooling?: Pooling;
  /** How position embeddings start. Default: "truncated-normal", as in DeiT. */
  readonly positions?: "truncated-normal" | "sin-cos";
  /** Standard deviation of weight matrices at the start. Default 0.02, as in timm. */
  readonly initStd?: number;
}

/**
 * Table 1 of the DeiT paper (5.7, 22.1 and 86.6 million parameters with 1,000 classes), and `nano`:
 * small enough to learn synthetic faces from scratch on a CPU within a minute.
 */
export const variants = {
  "Ti/16": { imageSize: 224, patchSize: 16, width: 192, depth: 12, heads: 3, mlpRatio: 4 },
  "S/16": { imageSize: 224, patchSize: 16, width: 384, depth: 12, heads: 6, mlpRatio: 4 },
  "B/16": { imageSize: 224, patchSize: 16, width: 768, depth: 12, heads: 12, mlpRatio: 4 },
  nano: {
    imageSize: 48,
    patchSize: 8,
    width: 64,
    depth: 4,
    heads: 4,
    mlpRatio: 2,
    positions: "sin-cos", // random ones did not learn from scratch at this size
    initStd: 0.07, //        about 1/√(3 D), PyTorch's default range for a layer this narrow
  },
} as const satisfies Readonly<Record<string, Omit<VitConfig, "classes">>>;

export type Variant = keyof typeof variants;

/** N: the number of patches of an image. */
export function patchCount({
  imageSize,
  patchSize,
}: Pick<VitConfig, "imageSize" | "patchSize">): number {
  return (imageSize / patchSize) ** 2;
}

/** T: the number of tokens in every block of the classifier. */
export function tokenCount(
  config: Pick<VitConfig, "imageSize" | "patchSize" | "registers">,
): number {
  return 1 + (config.registers ?? 0) + patchCount(config);
}
