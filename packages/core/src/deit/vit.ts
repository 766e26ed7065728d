/**
 * @file The vision transformer that DeiT trains: patches, class token, blocks, head.
 *
 * Dosovitskiy et al., "An Image Is Worth 16x16 Words", ICLR 2021, arXiv:2010.11929 (Eq. 1-4).
 * Touvron et al., "Training data-efficient image transformers", ICML 2021, arXiv:2012.12877.
 * The paper uses the variant without distillation token: it "utilizes the class token".
 *
 * Shapes: B images, N patches, T = N + 1 tokens, D width, K classes. Names of parameters are timm's.
 */
import {
  block,
  type Block,
  declareBlock,
  declareLayerNorm,
  declareLinear,
  layerNorm,
  type LayerNorm,
  linear,
  type Linear,
} from "../nn/layers.ts";
import { truncatedNormal } from "../nn/parameters.ts";
import type { Initializer, Scope } from "../nn/parameters.ts";
import { add } from "../ops/elementwise.ts";
import { broadcastTo, concat, reshape } from "../ops/shape.ts";
import { dims, ShapeError, type Tensor } from "../tensor.ts";
import { sinCosPositions } from "./positions.ts";

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

export interface Vit {
  readonly config: VitConfig;
  readonly clsToken: Tensor; // [1, 1, D]
  readonly posEmbed: Tensor; // [1, T, D]
  readonly patchEmbed: Linear; // weight [D, 3, P, P]
  readonly blocks: readonly Block[];
  readonly norm: LayerNorm;
  readonly head: Linear; // [D, K]
}

/** N: the number of patches of an image. */
export function patchCount({
  imageSize,
  patchSize,
}: Pick<VitConfig, "imageSize" | "patchSize">): number {
  return (imageSize / patchSize) ** 2;
}

export function declareVit(scope: Scope, config: VitConfig): Vit {
  const { imageSize, patchSize: P, width: D, depth, classes } = config;
  if (imageSize % P !== 0) {
    throw new ShapeError(
      `vit: expected an image size that is a multiple of patch size ${P}, got ${imageSize}`,
    );
  }
  const initializer: Initializer = truncatedNormal(config.initStd ?? 0.02);
  const positions = config.positions === "sin-cos" ? sinCosPositions(imageSize / P) : initializer;
  const embedding = scope.at("patch_embed").at("proj");
  return {
    config,
    clsToken: scope.declare("cls_token", [1, 1, D], initializer),
    posEmbed: scope.declare("pos_embed", [1, patchCount(config) + 1, D], positions),
    patchEmbed: {
      weight: embedding.declare("weight", [D, 3, P, P], initializer),
      bias: embedding.declare("bias", [D], (shape) => new Float32Array(shape[0]!)),
    },
    blocks: Array.from({ length: depth }, (_, i) =>
      declareBlock(scope.at("blocks").at(`${i}`), { ...config, initializer }),
    ),
    norm: declareLayerNorm(scope.at("norm"), D),
    head: declareLinear(scope.at("head"), D, classes, initializer),
  };
}

/** Patches [B, N, 3 P P] to embeddings [B, N, D], without position. */
export function embedPatches({ weight, bias }: Linear, patches: Tensor): Tensor {
  const [D] = weight.shape;
  return linear({ weight: reshape(weight, [D!, patches.shape.at(-1)!]), bias }, patches);
}

/** The logits of normalised patches: [B, N, 3 P P] to [B, K]. */
export function classify(vit: Vit, patches: Tensor): Tensor {
  return traceClassify(vit, patches).logits;
}

/**
 * The same, with what goes into every block, [B, T, D] each.
 * The last block computes the class token alone, since nothing else reaches the logits.
 */
export function traceClassify(
  vit: Vit,
  patches: Tensor,
): { readonly logits: Tensor; readonly blockInputs: readonly Tensor[] } {
  const [B] = dims(patches, "B N L");
  const { width: D } = vit.config;
  const embedded = embedPatches(vit.patchEmbed, patches); // [B, N, D]
  const cls = broadcastTo(vit.clsToken, [B, 1, D]);
  let z = add(concat([cls, embedded], 1), vit.posEmbed); // [B, T, D], Eq. 1
  const blockInputs: Tensor[] = [];
  for (const [i, parameters] of vit.blocks.entries()) {
    blockInputs.push(z);
    const last = i === vit.blocks.length - 1;
    z = last ? block(parameters, z, 1) : block(parameters, z);
  }
  const y = reshape(layerNorm(vit.norm, z), [B, D]); // Eq. 4
  return { logits: linear(vit.head, y), blockInputs };
}
