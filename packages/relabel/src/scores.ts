/**
 * @file How well a label agrees with probabilities: the scores by which wrong labels are found. Low is suspicious.
 *
 * Notation: p [K] the probabilities of one image, g its given label, max over the other classes j != g.
 *
 * Northcutt et al., "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70, 2021; the formulas are
 * those of cleanlab's rank.py. Pleiss et al., "Identifying Mislabeled Data using the Area Under the Margin Ranking",
 * NeurIPS 2020.
 */

/** Every score, by the name typed after `--by`; each is lower where a label is more likely to be wrong. */
export const labelScores = {
  "self-confidence": {
    title: "Self-confidence",
    column: "self_confidence",
    about: "the probability of the given label",
  },
  "normalized-margin": {
    title: "Normalised margin",
    column: "normalized_margin",
    about: "that probability minus the highest other one, scaled to 0 .. 1",
  },
  aum: {
    title: "AUM",
    column: "aum",
    about:
      "area under the margin: the mean over epochs of the given label's logit minus the highest other one",
  },
} as const satisfies Record<string, LabelScore>;

export interface LabelScore {
  /** "Self-confidence" */
  readonly title: string;
  /** In CSV files. */
  readonly column: string;
  /** One line of help. */
  readonly about: string;
}

export type LabelScoreName = keyof typeof labelScores;

export const labelScoreNames = Object.keys(labelScores) as readonly LabelScoreName[];

/** p[g], from 0 to 1. cleanlab.rank.get_self_confidence_for_each_label. */
export function selfConfidence(probabilities: ArrayLike<number>, given: number): number {
  return probabilities[given]!;
}

/** (p[g] - max p[j] + 1) / 2, from 0 to 1. cleanlab.rank.get_normalized_margin_for_each_label. */
export function normalizedMargin(probabilities: ArrayLike<number>, given: number): number {
  return (probabilities[given]! - highestOther(probabilities, given) + 1) / 2;
}

/**
 * log p[g] - max log p[j]: the margin of the logits, since softmax takes the same constant from all of them. Its mean
 * over epochs is AUM. A probability that float32 rounds to 0 counts as the smallest number above it, so that the
 * margin stays finite.
 */
export function logMargin(probabilities: ArrayLike<number>, given: number): number {
  const log = (p: number) => Math.log(Math.max(p, smallest));
  return log(probabilities[given]!) - log(highestOther(probabilities, given));
}

/** The smallest float32 above 0. */
const smallest = 2 ** -149;

function highestOther(probabilities: ArrayLike<number>, given: number): number {
  let highest = -Infinity;
  for (let j = 0; j < probabilities.length; j += 1) {
    if (j !== given && probabilities[j]! > highest) highest = probabilities[j]!;
  }
  return highest;
}
