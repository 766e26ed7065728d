/** @file Losses that make up for classes of different size, by the number of training samples of each class. */
import { sum } from "@mvt/common";

/** The losses of classification: what each does about classes of different size. */
export const lossKinds = {
  "cross-entropy": "every sample counts alike",
  // scikit-learn's class_weight="balanced", as `weight` of torch.nn.CrossEntropyLoss.
  "class-weighted": "a sample counts by n / (K n_k), so that every class counts alike",
  // Cui et al., "Class-Balanced Loss Based on Effective Number of Samples", CVPR 2019, arXiv:1901.05555, Eq. 12.
  "class-balanced": "a sample counts by (1 - β) / (1 - β^n_k), between the two above",
  // Ren et al., "Balanced Meta-Softmax for Long-Tailed Visual Recognition", NeurIPS 2020, arXiv:2007.10740, Eq. 3.
  "balanced-softmax": "in training, the logarithm of n_k / n is added to the logit of class k",
} as const;

export type LossKind = keyof typeof lossKinds;
export const lossNames = Object.keys(lossKinds) as readonly LossKind[];

/** β of class-balanced losses: the largest that Cui et al. try. */
export const defaultBeta = 0.9999;

/** n_k samples of each of K classes as terms of a loss; what it does not have is absent. */
export interface ClassTerms {
  /** [K] what a sample of each class counts. */
  readonly weights?: Float32Array;
  /** [K] what is added to the logits: ln(n_k / n). */
  readonly logPrior?: Float32Array;
}

/**
 * The terms of a loss.
 *
 * @param counts [K] n_k, each at least 1: a class without samples has neither a weight nor a prior
 * @param beta β of class-balanced, in [0, 1): the weights are equal at 0, and near 1 those of class-weighted
 * @throws RangeError for a class without samples, unless the loss is cross-entropy
 */
export function classTerms(
  kind: LossKind,
  counts: ArrayLike<number>,
  beta = defaultBeta,
): ClassTerms {
  if (kind === "cross-entropy") return {};
  const n = Array.from(counts);
  const [K, total] = [n.length, sum(n)];
  const empty = n.findIndex((count) => !(count >= 1));
  if (empty !== -1) {
    throw new RangeError(
      `${kind}: expected at least one sample of every class, got ${n[empty]} of class ${empty}`,
    );
  }
  switch (kind) {
    case "class-weighted":
      return { weights: Float32Array.from(n, (count) => total / (K * count)) };
    case "class-balanced": {
      const weights = n.map((count) => (1 - beta) / (1 - beta ** count));
      return { weights: Float32Array.from(weights, (weight) => (K * weight) / sum(weights)) };
    }
    case "balanced-softmax":
      return { logPrior: Float32Array.from(n, (count) => Math.log(count / total)) };
  }
}
