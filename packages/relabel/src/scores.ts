/**
 * @file How well a label agrees with probabilities: the scores by which wrong labels are found. Low is suspicious.
 *
 * Notation: p [K] the probabilities of one image, g its given label, max over the other classes j != g.
 *
 * Northcutt et al., "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70, 2021; the formulas are
 * those of cleanlab's rank.py. Pleiss et al., "Identifying Mislabeled Data using the Area Under the Margin Ranking",
 * NeurIPS 2020, arXiv:2001.10528.
 */

/** Every score that labels are ranked by, by the name typed after `--by`; the lower, the more doubtful the label. */
export const rankingScores = {
  "self-confidence": {
    title: "Self-confidence",
    column: "self_confidence",
    about: "the probability of the given label",
  },
  "normalized-margin": {
    title: "Normalised margin",
    column: "normalized_margin",
    about: "(p - q + 1) / 2, p being that probability and q the highest other one",
  },
  aum: {
    title: "AUM",
    column: "aum",
    about:
      "area under the margin, the mean over epochs of the given label's logit minus the highest other one",
  },
} as const satisfies Record<string, RankingScore>;

export interface RankingScore {
  /** "Self-confidence" */
  readonly title: string;
  /** In CSV files. */
  readonly column: string;
  /** One line of help. */
  readonly about: string;
}

export type RankingScoreName = keyof typeof rankingScores;

export const rankingScoreNames = Object.keys(rankingScores) as readonly RankingScoreName[];

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
 * over epochs is AUM. A float32 softmax may come out as 0, whose logarithm is not finite: it counts as about 10^-38.
 */
export function logMargin(probabilities: ArrayLike<number>, given: number): number {
  const log = (p: number) => Math.log(Math.max(p, least));
  return log(probabilities[given]!) - log(highestOther(probabilities, given));
}

/** The smallest probability whose logarithm is taken: the smallest normal float32. */
const least = 2 ** -126;

function highestOther(probabilities: ArrayLike<number>, given: number): number {
  let highest = -Infinity;
  for (let j = 0; j < probabilities.length; j += 1) {
    if (j !== given && probabilities[j]! > highest) highest = probabilities[j]!;
  }
  return highest;
}
