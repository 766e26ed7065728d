/**
 * @file Layer-wise decay of the learning rate: what lies further from the head, and is more general, moves less.
 *
 * Clark et al., "ELECTRA", ICLR 2020, arXiv:2003.10555, appendix A.2; for vision transformers Bao, Dong, Piao and Wei,
 * "BEiT", ICLR 2022, arXiv:2106.08254, and He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022,
 * arXiv:2111.06377, table 9. Layers are counted as timm's `param_groups_layer_decay` counts those of its vision
 * transformers.
 */
import { inputOf } from "../program/program.ts";
import type { Optimizer } from "./optimizer.ts";

/** What the learning rate of a parameter is multiplied with, by its name. */
export type Rates = (name: string) => number;

/**
 * decay^(depth + 1 - l) for a parameter of layer l. The patch embedding, position embeddings and tokens are layer 0, block
 * i is layer i + 1, the head layer depth + 1. The last normalisation has the rate of the last block, as in timm; in
 * BEiT's own code it has that of the head.
 */
export function layerDecay(decay: number, depth: number): Rates {
  return (name) => decay ** (depth + 1 - layerOf(name, depth));
}

/** What the names of the parameters before the first block begin with. */
const stem = ["patch_embed.", "pos_embed", "cls_token", "reg_token"] as const;

/** The layer of a parameter with timm's name, between 0 and depth + 1. */
function layerOf(name: string, depth: number): number {
  const block = /^blocks\.(\d+)\./.exec(name)?.[1];
  if (block !== undefined) return Number(block) + 1;
  if (name.startsWith("norm.")) return depth;
  return stem.some((part) => name.startsWith(part)) ? 0 : depth + 1;
}

/** The optimiser with a learning rate of its own for every parameter: η times `rates` of its name. */
export function withRates(optimizer: Optimizer, rates: Rates): Optimizer {
  return {
    update: (given) =>
      optimizer.update({
        ...given,
        rates: given.parameters.map((p, i) => rates(inputOf(p).name) * (given.rates?.[i] ?? 1)),
      }),
  };
}
