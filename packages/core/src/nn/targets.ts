/** @file Soft targets of a batch, which are made outside the graph: label smoothing, mixed labels, weights of classes. */

/** Shapes: B samples, K classes. */
export interface SampleLabels {
  /** [B] class indices. */
  readonly labels: ArrayLike<number>;
  /** [B] 1 for a sample, 0 for padding. */
  readonly weights: ArrayLike<number>;
  /** The labels of the samples that each is mixed with; none if absent. */
  readonly mixed?: {
    /** [B] class indices. */
    readonly labels: ArrayLike<number>;
    /** λ, the share of the sample's own label. */
    readonly lambda: number;
  };
}

export interface TargetOptions {
  /** K */
  readonly classes: number;
  /** ε of label smoothing, in [0, 1). Default 0. */
  readonly labelSmoothing?: number;
  /** [K] what a sample of each class counts; all alike if absent. */
  readonly classWeights?: ArrayLike<number>;
}

/** What `softCrossEntropy` takes. */
export interface SoftTargets {
  /** [B, K] */
  readonly targets: Float32Array<ArrayBuffer>;
  /** [B] */
  readonly weights: Float32Array<ArrayBuffer>;
}

/**
 * The targets of a batch. That of a sample with label y, mixed with one of label y', is for class k
 *
 *     c_k ((1 - ε) (λ [k = y] + (1 - λ) [k = y']) + ε / K)
 *
 * with the class weights c, and its weight is λ c_y + (1 - λ) c_y'. Of padding all of these are 0.
 *
 * Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, arXiv:1512.00567, section 7;
 * torch.nn.CrossEntropyLoss with `weight` and `label_smoothing`; timm.data.mixup.mixup_target.
 */
export function softTargets(
  { labels, weights, mixed }: SampleLabels,
  { classes: K, labelSmoothing = 0, classWeights }: TargetOptions,
): SoftTargets {
  const B = labels.length;
  const lambda = mixed?.lambda ?? 1;
  const c = (k: number) => classWeights?.[k] ?? 1;
  const targets = new Float32Array(B * K);
  const sampleWeights = new Float32Array(B);
  for (let i = 0; i < B; i += 1) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    const [y, other] = [labels[i]!, mixed?.labels[i] ?? labels[i]!];
    for (let k = 0; k < K; k += 1) {
      const share = (k === y ? lambda : 0) + (k === other ? 1 - lambda : 0);
      targets[i * K + k] = weight * c(k) * ((1 - labelSmoothing) * share + labelSmoothing / K);
    }
    sampleWeights[i] = weight * (lambda * c(y) + (1 - lambda) * c(other));
  }
  return { targets, weights: sampleWeights };
}
