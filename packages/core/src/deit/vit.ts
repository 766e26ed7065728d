/**
 * @file The vision transformer of every backbone: tokens, blocks, head. Without options it is the network that
 * DeiT trains; `registers`, `layerScale` and `classPosition` make it that of DeiT III and of DINOv2, and `pooling` that
 * of MAE's fine-tuning.
 *
 * Dosovitskiy et al., "An Image Is Worth 16x16 Words", ICLR 2021, arXiv:2010.11929 (Eq. 1-4).
 * Touvron et al., "Training data-efficient image transformers", ICML 2021, arXiv:2012.12877.
 * Touvron et al., "DeiT III: Revenge of the ViT", ECCV 2022, arXiv:2204.07118.
 * Oquab et al., "DINOv2: Learning Robust Visual Features without Supervision", TMLR 2024, arXiv:2304.07193.
 * Darcet et al., "Vision Transformers Need Registers", ICLR 2024, arXiv:2309.16588.
 * He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, arXiv:2111.06377.
 *
 * Shapes: B images, N patches, R registers, T = 1 + R + N tokens, D width, K classes. Names of parameters are
 * timm's. DeiT is the variant without distillation token: the paper "utilizes the class token".
 */
import {
  type Block,
  declareBlock,
  declareLayerNorm,
  declareLinear,
  layerNorm,
  type LayerNorm,
  linear,
  type Linear,
  traceBlock,
} from "../nn/layers.ts";
import type { Scope } from "../nn/parameters.ts";
import { mul } from "../ops/elementwise.ts";
import { mean } from "../ops/reduction.ts";
import { reshape, slice } from "../ops/shape.ts";
import { dims, type Tensor } from "../tensor.ts";
import type { VitConfig } from "./config.ts";
import { declareTokens, embedTokens, matrixInitializer } from "./tokens.ts";
import type { TokenEmbedding } from "./tokens.ts";

export interface Vit extends TokenEmbedding {
  readonly config: VitConfig;
  readonly clsToken: Tensor; // [1, 1, D]
  readonly blocks: readonly Block[];
  /** Before the head. Its name is timm's: "norm", or with average pooling, after which it comes, "fc_norm". */
  readonly norm: LayerNorm;
  readonly head: Linear; // [D, K]
}

/** Declares the parameters. Throws ShapeError unless heads divide the width, and patches the image. */
export function declareVit(scope: Scope, config: VitConfig): Vit {
  const { width: D, depth, classes } = config;
  const initializer = matrixInitializer(config);
  const { clsToken, ...tokens } = declareTokens(scope, config, { classToken: true });
  return {
    config,
    ...tokens,
    clsToken: clsToken!,
    blocks: Array.from({ length: depth }, (_, i) =>
      declareBlock(scope.at("blocks").at(`${i}`), { ...config, initializer }),
    ),
    norm: declareLayerNorm(scope.at(headNorm(config)), D),
    head: declareLinear(scope.at("head"), D, classes, initializer),
  };
}

/** The name of the norm before the head, as timm has it: average pooling comes before its norm, the class token after. */
export function headNorm({ pooling }: Pick<VitConfig, "pooling">): "norm" | "fc_norm" {
  return pooling === "average" ? "fc_norm" : "norm";
}

/** The logits of normalised patches: [B, N, 3 P P] to [B, K]. */
export function classify(vit: Vit, patches: Tensor): Tensor {
  return traceClassify(vit, patches).logits;
}

/** What a classifier computes from patches. */
export interface Trace {
  readonly logits: Tensor; // [B, K]
  /** What goes into the head, before dropout: the class token, or the mean of the patches. */
  readonly features: Tensor; // [B, D]
  /** The input of every block, [B, T, D] each: between these, training may compute activations again. */
  readonly blockInputs: readonly Tensor[];
  /**
   * The attention of every block, [B, H, T, T] each; of the last one [B, H, 1, T], that of the class token, where the head
   * reads it alone.
   */
  readonly attention: readonly Tensor[];
}

/** What training multiplies by; `drawPathFactors` and `drawDropoutFactors` draw it. Absent factors are not applied. */
export interface DropFactors {
  /** [B, 2 depth] for stochastic depth: attention and MLP of each block. */
  readonly paths?: Tensor;
  /** [B, D] for dropout: the features that the head takes. */
  readonly features?: Tensor;
}

/**
 * The same, with the inputs of the blocks.
 * The last block computes the class token alone where nothing else reaches the logits; average pooling needs all patches.
 */
export function traceClassify(
  vit: Vit,
  patches: Tensor,
  { paths, features: dropped }: DropFactors = {},
): Trace {
  const [B] = dims(patches, "B N L");
  const { width: D, registers: R = 0, pooling } = vit.config;
  let z = embedTokens(vit, patches); // [B, T, D]
  const blockInputs: Tensor[] = [];
  const attention: Tensor[] = [];
  for (const [i, parameters] of vit.blocks.entries()) {
    blockInputs.push(z);
    const classAlone = pooling !== "average" && i === vit.blocks.length - 1;
    const factors = paths && slice(paths, 1, 2 * i, 2 * i + 2); // [B, 2]
    const traced = traceBlock(parameters, z, classAlone ? 1 : undefined, factors);
    z = traced.z;
    attention.push(traced.weights);
  }
  const features =
    pooling === "average"
      ? layerNorm(vit.norm, mean(slice(z, 1, 1 + R, z.shape[1]!), [1]))
      : reshape(layerNorm(vit.norm, z), [B, D]); // Eq. 4
  const kept = dropped ? mul(features, dropped) : features;
  return { logits: linear(vit.head, kept), features, blockInputs, attention };
}
