/**
 * @file The losses of MGN: Eq. 1 to 4.
 *
 * Shapes: B images, N patches, K classes. `weights` [B] is 1 for a sample and 0 for padding, and every
 * mean over the batch is Σ wᵢ xᵢ / Σ wᵢ. The images may be a micro-batch; `batchWeights` are then the weights of the
 * whole batch, over which the second sum goes, and the losses of the micro-batches add up to those of the batch.
 */
import { UserError } from "@mvt/common";
import { dims, nn, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";

export interface DiscriminatorLoss {
  readonly LD: Tensor; // []
  readonly crossEntropyGm: Tensor; // []
  readonly crossEntropyRm: Tensor; // []
}

/**
 * Eq. 1: L_D = L_CE(logits_gm) + L_CE(logits_rm), both against the label.
 *
 * @param logitsGm [B, K] on images under generated masks
 * @param logitsRm [B, K] on images under random masks
 * @param labels [B] int32
 */
export function discriminatorLoss(
  logitsGm: Tensor,
  logitsRm: Tensor,
  labels: Tensor,
  weights: Tensor,
  batchWeights = weights,
): DiscriminatorLoss {
  const crossEntropyGm = nn.crossEntropy(logitsGm, labels, weights, batchWeights);
  const crossEntropyRm = nn.crossEntropy(logitsRm, labels, weights, batchWeights);
  return { LD: ops.add(crossEntropyGm, crossEntropyRm), crossEntropyGm, crossEntropyRm };
}

export interface GeneratorLossOptions {
  /** Factor on the area term. Default 1, as in Eq. 2. */
  readonly lambda?: number;
  /** "image", the default: the mean over images of |M_avg - m|. "batch": |mean of M_avg - m|, of whole batches only. */
  readonly areaOf?: "image" | "batch";
  /**
   * Factor on 4 M_p (1 - M_p), averaged over the patches: 1 where every M_p is 1/2, 0 for binary masks.
   * Default 0: Eq. 2 has no such term. It pushes every M_p towards 0 or 1.
   */
  readonly saturation?: number;
}

export interface GeneratorLoss {
  readonly LG: Tensor; // []
  /** var(softmax(logits_gm)): 0 for equal probabilities, 1/K for certainty. */
  readonly variance: Tensor; // []
  /** |M_avg - m|, without lambda. */
  readonly area: Tensor; // []
}

/**
 * Eq. 2 and 3: L_G = var(softmax(logits_gm)) + |M_avg - m|; K - 1 in the variance's denominator.
 * No cross-entropy and no real-or-fake term: Eq. 2 has none.
 * Throws UserError for a micro-batch where the area is that of the batch, which is no sum over micro-batches.
 *
 * @param logitsGm [B, K] the discriminator on images under generated masks
 * @param Mp [B, N]
 */
export function generatorLoss(
  logitsGm: Tensor,
  Mp: Tensor,
  m: number,
  weights: Tensor,
  { lambda = 1, areaOf = "image", saturation = 0 }: GeneratorLossOptions = {},
  batchWeights = weights,
): GeneratorLoss {
  if (areaOf === "batch" && batchWeights !== weights) {
    throw new UserError(
      `generatorLoss: expected a whole batch where areaOf is "batch", got a micro-batch of ${weights.shape[0]} of ${batchWeights.shape[0]} images. |M_avg - m| of a batch is no sum over its micro-batches: compute it in 1 micro-batch, or set areaOf to "image".`,
    );
  }
  const batchMean = (x: Tensor) => ops.div(ops.sum(ops.mul(x, weights)), ops.sum(batchWeights));
  const variance = batchMean(ops.variance(ops.softmax(logitsGm), 1));
  const Mavg = meanMask(Mp); // [B]
  const area =
    areaOf === "image"
      ? batchMean(ops.abs(ops.sub(Mavg, m)))
      : ops.abs(ops.sub(batchMean(Mavg), m));
  const LG = ops.add(variance, ops.mul(area, lambda));
  if (saturation === 0) return { LG, variance, area };
  const undecided = batchMean(ops.mul(meanMask(ops.mul(Mp, ops.sub(1, Mp))), 4));
  return { LG: ops.add(LG, ops.mul(undecided, saturation)), variance, area };
}

/** Eq. 4: M_avg = Σ M_p / N, [B, N] to [B]. */
export function meanMask(Mp: Tensor): Tensor {
  dims(Mp, "B N");
  return ops.mean(Mp, [1]);
}
