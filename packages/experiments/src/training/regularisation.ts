/** @file What regularisation adds to the program of a training step: soft targets, terms of classes, drop factors. */
import { UserError } from "@mvt/common";
import { nn, ops } from "@mvt/core";
import type { deit, Tensor } from "@mvt/core";
import type { Expression } from "@mvt/datasets";
import type { LabelledSubset } from "../data/prepared.ts";
import type { regularisation } from "../settings/regularisation.ts";
import type { TrainingConfig } from "../settings/training.ts";

/** The settings that change the program of a training step, or what it is fed. */
export type Regularisation = Pick<TrainingConfig, keyof typeof regularisation>;

/** Whether a step is fed soft targets [B, K] in place of labels [B]. */
export function takesSoftTargets({ labelSmoothing = 0, mixup, loss }: Regularisation): boolean {
  return (
    labelSmoothing > 0 || mixup !== undefined || (loss && loss.kind !== "cross-entropy") === true
  );
}

/** The number of images of each class, [K], in the order of the classes. */
export function countClasses(labels: ArrayLike<number>, classes: number): readonly number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (let i = 0; i < labels.length; i += 1) counts[labels[i]!]! += 1;
  return counts;
}

/**
 * The terms of a run's loss, by the labels that the run is given. They do not follow labels that change later: the loss
 * would change with them within a run.
 *
 * @throws UserError if a class has no training image, for a loss that goes by their number
 */
export function classTermsOf(
  { loss }: Regularisation,
  { classes, train }: { readonly classes: readonly Expression[]; readonly train: LabelledSubset },
): nn.ClassTerms {
  if (loss === undefined) return {};
  const counts = countClasses(train.labels, classes.length);
  const empty = counts.indexOf(0);
  if (empty !== -1 && loss.kind !== "cross-entropy") {
    throw new UserError(
      `loss.kind=${loss.kind}: expected training images of every class, got none of ${classes[empty]}`,
      { advice: "Train with --set loss.kind=cross-entropy." },
    );
  }
  return nn.classTerms(loss.kind, counts, loss.beta);
}

/** Inputs with one entry per sample, for stochastic depth and dropout where they are on. */
export function dropInputs(
  { dropPath = 0, dropout = 0 }: Regularisation,
  { depth, width }: Pick<deit.VitConfig, "depth" | "width">,
  samples: number,
): deit.DropFactors {
  return {
    ...(dropPath > 0 && { paths: ops.input("pathFactors", [samples, 2 * depth]) }),
    ...(dropout > 0 && { features: ops.input("featureFactors", [samples, width]) }),
  };
}

/**
 * The loss of logits [B, K], and the input that it compares them with: `labels` [B] int32, or `targets` [B, K].
 *
 * @param weights [B] those of the samples, and of the whole batch
 */
export function lossOf(
  logits: Tensor,
  { weights, batchWeights }: Record<"weights" | "batchWeights", Tensor>,
  options: Regularisation & { readonly logPrior?: Float32Array },
): { readonly loss: Tensor; readonly target: Tensor } {
  const [b, K] = logits.shape as [number, number];
  if (!takesSoftTargets(options)) {
    const labels = ops.input("labels", [b], "int32");
    return { loss: nn.crossEntropy(logits, labels, weights, batchWeights), target: labels };
  }
  const targets = ops.input("targets", [b, K]);
  const { logPrior } = options;
  const shifted = logPrior ? ops.add(logits, ops.constant(logPrior, [K])) : logits;
  return { loss: nn.softCrossEntropy(shifted, targets, batchWeights), target: targets };
}
