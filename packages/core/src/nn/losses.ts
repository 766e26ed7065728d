/** @file Losses of classification. */
import { cast, div, equal, mul, neg } from "../ops/elementwise.ts";
import { logSoftmax } from "../ops/normalization.ts";
import { sum } from "../ops/reduction.ts";
import { reshape } from "../ops/shape.ts";
import { constant } from "../ops/sources.ts";
import { dims } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

/** 1 at the label and 0 elsewhere: labels [B] int32 to [B, K]. */
export function oneHot(labels: Tensor, classes: number): Tensor {
  const [B] = dims(labels, "B");
  const range = constant(
    Int32Array.from({ length: classes }, (_, k) => k),
    [1, classes],
  );
  return cast(equal(reshape(labels, [B, 1]), range), "float32");
}

/**
 * Cross-entropy, averaged with weights: Σ wᵢ (-ln softmax(logitsᵢ)[labelᵢ]) / Σ wᵢ.
 *
 * @param logits [B, K]
 * @param labels [B] int32
 * @param weights [B]: 1 for a sample, 0 for padding
 * @param batchWeights the weights of the whole batch, if the samples are a micro-batch: the losses of the micro-batches
 * then add up to the loss of the batch
 * @returns []
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  weights: Tensor,
  batchWeights = weights,
): Tensor {
  const [, K] = dims(logits, "B K");
  const negativeLogLikelihood = neg(sum(mul(logSoftmax(logits), oneHot(labels, K)), [1])); // [B]
  return div(sum(mul(negativeLogLikelihood, weights)), sum(batchWeights));
}

/**
 * Cross-entropy against soft targets, which `softTargets` makes: Σᵢₖ tᵢₖ (-ln softmax(logitsᵢ)ₖ) / Σ wᵢ.
 *
 * @param logits [B, K]
 * @param targets [B, K], with rows of 0 for padding
 * @param batchWeights the weights of the samples of the whole batch, of which these may be a micro-batch: the losses
 * of the micro-batches then add up to the loss of the batch
 * @returns []
 */
export function softCrossEntropy(logits: Tensor, targets: Tensor, batchWeights: Tensor): Tensor {
  return div(neg(sum(mul(targets, logSoftmax(logits)))), sum(batchWeights));
}
