/** @file The kinds of label noise: which labels become wrong more easily, and what they become. */
import type { Expression } from "../expression.ts";
import { lookalikes } from "../synthetic/faces.ts";

/** Labels, and what is known of how easily they are confused. */
export interface LabelSet {
  /** [K] */
  readonly classes: readonly Expression[];
  /** [n] right labels, as class indices. */
  readonly labels: Int32Array;
  /** [K][K] how often the class of the row is taken for that of the column, as counts or shares. */
  readonly matrix?: readonly (readonly number[])[];
  /** [n, K] the probabilities that a model gives each image. */
  readonly probabilities?: Float32Array;
}

export interface NoiseKindDefinition {
  /** Its line of help. */
  readonly about: string;
  /** What it can use of a `LabelSet` besides the labels. */
  readonly uses?: "matrix" | "probabilities";
  /** How easily image `i` gets a wrong label, relative to other images; 1 if absent. */
  readonly weight?: (set: LabelSet, i: number) => number;
  /**
   * [K] in which proportion image `i` gets each wrong label; that of its right label is not used. If all others are 0,
   * any other class is as likely.
   */
  readonly shares: (set: LabelSet, i: number) => readonly number[];
}

/** Every kind by its name. */
export const noiseKinds = {
  /** "Symmetry" noise of Han et al., "Co-teaching", NeurIPS 2018, arXiv:1804.06872. */
  symmetric: {
    about: "any other class, uniformly",
    shares: ({ classes }) => classes.map(() => 1),
  },
  /**
   * "Pair" noise of Han et al. 2018; by a matrix it is the class-dependent noise of Patrini et al., "Making Deep Neural
   * Networks Robust to Label Noise", CVPR 2017, arXiv:1609.03683, whose classes also become one similar class each.
   */
  pair: {
    about: "one other class for each: the one that a matrix confuses most, else the next",
    uses: "matrix",
    shares: ({ classes, labels, matrix }, i) => {
      const label = labels[i]!;
      const other = mostConfused(matrix?.[label], label) ?? (label + 1) % classes.length;
      return classes.map((_, j) => Number(j === other));
    },
  },
  /** Class-dependent noise with several wrong classes: Patrini et al. 2017, with a given transition matrix. */
  confusable: {
    about: "in proportion to a matrix, else the two expressions that look most alike",
    uses: "matrix",
    shares: ({ classes, labels, matrix }, i) => {
      const label = labels[i]!;
      if (matrix) return matrix[label]!;
      const alike: readonly Expression[] = lookalikes[classes[label]!];
      return classes.map((name) => Number(alike.includes(name)));
    },
  },
  /**
   * Instance-dependent noise: Chen et al., "Beyond Class-Conditional Assumption: A Primary Attempt to Combat
   * Instance-Dependent Label Noise", AAAI 2021, arXiv:2012.05458. As there, the images whose own label a model finds
   * least likely are mislabelled, as the class that it finds likely. There the least likely ones are taken; here an image
   * is drawn with weight 1 - p(label), and its wrong label in proportion to p, so that a seed has a meaning.
   */
  instance: {
    about: "the images that a run doubts, as the class that it takes them for",
    uses: "probabilities",
    weight: (set, i) => 1 - probabilitiesOf(set, i)[set.labels[i]!]!,
    shares: (set, i) => probabilitiesOf(set, i),
  },
} as const satisfies Record<string, NoiseKindDefinition>;

export type NoiseKind = keyof typeof noiseKinds;

export const noiseKindNames = Object.keys(noiseKinds) as [NoiseKind, ...NoiseKind[]];

/** The other class with the highest share of a row [K], the first of equals; undefined if none has any. */
function mostConfused(row: readonly number[] | undefined, label: number): number | undefined {
  let best: number | undefined;
  for (const [j, share] of row?.entries() ?? []) {
    if (j !== label && share > (best === undefined ? 0 : row![best]!)) best = j;
  }
  return best;
}

function probabilitiesOf({ classes, probabilities }: LabelSet, i: number): readonly number[] {
  if (probabilities === undefined) {
    throw new TypeError("noisyLabels: expected probabilities for noise by instance, got none");
  }
  return [...probabilities.subarray(i * classes.length, (i + 1) * classes.length)];
}
