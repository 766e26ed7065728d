/**
 * @file Which expression each synthetic face shows, and what its label says.
 *
 * Classes are about as frequent as in the published sets, but rare classes are less rare, so that small sets
 * have samples of them. In percent:
 *
 *               neutral  happiness  surprise  sadness  anger  disgust  fear  contempt
 *   RAF-DB           20         25        15       15     10       10     5         -
 *   FERPlus          24         20        12       12     12        4     8         8
 *   AffectNet        21         33         8       13     13        4     4         4
 *     to test on     13         13        13       13     13       13    13        13
 */
import { random } from "@mvt/core";
import type { SplitName } from "../dataset.ts";
import { type Expression, expressions } from "../expression.ts";
import type { Manifest } from "./manifest.ts";

/** How many faces of each expression there are in one round of drawing expressions. */
export type Frequencies = Readonly<Partial<Record<Expression, number>>>;

export const labelNoiseKinds = ["symmetric", "confusable"] as const;

/** Wrong labels are any other class, or one of the two that look most alike; uniformly either way. */
export type LabelNoiseKind = (typeof labelNoiseKinds)[number];

/** The two expressions that each is most easily taken for, the likelier first. */
export const lookalikes: Readonly<Record<Expression, readonly [Expression, Expression]>> = {
  neutral: ["sadness", "anger"],
  happiness: ["neutral", "surprise"],
  surprise: ["fear", "happiness"],
  sadness: ["neutral", "disgust"],
  anger: ["disgust", "sadness"],
  disgust: ["anger", "sadness"],
  fear: ["surprise", "sadness"],
  contempt: ["neutral", "happiness"],
};

/** The name of a face in label files: one line of `ground-truth/labels.csv`. */
export interface NamedFace {
  readonly id: string;
  readonly split: SplitName;
  readonly truth: Expression;
  readonly given: Expression;
}

export interface Face extends Omit<NamedFace, "id"> {
  /** Within the split, from 0. */
  readonly index: number;
  /** Names the random streams. */
  readonly name: string;
}

/** A split of a synthetic set. */
export interface SplitPlan {
  readonly seed: number;
  /** `SyntheticDefinition.name` */
  readonly dataset: string;
  readonly split: string;
  readonly frequencies: Frequencies;
}

/** The faces of one split. Labels are wrong at the manifest's rate, except those of the test split. */
export function planFaces(manifest: Manifest, split: SplitName, frequencies: Frequencies): Face[] {
  const { counts, dataset, labelNoise, labelNoiseKind, seed } = manifest;
  const plan = { seed, dataset, split, frequencies };
  const truth = drawExpressions(plan, counts[split]);
  const given = mislabel(plan, truth, split === "test" ? 0 : labelNoise, labelNoiseKind);
  return truth.map((expression, index) => ({
    split,
    index,
    name: `synthetic/${dataset}/${split}/${index}`,
    truth: expression,
    given: given[index]!,
  }));
}

/** The expressions that are drawn at all. */
export function classesOf(frequencies: Frequencies): Expression[] {
  return expressions.filter((expression) => expression in frequencies);
}

/**
 * The expressions of the first `count` faces of a split. They are drawn without replacement, round by round,
 * so that every class occurs in the first round. Face i does not depend on `count`.
 */
export function drawExpressions(
  { seed, dataset, split, frequencies }: SplitPlan,
  count: number,
): Expression[] {
  const round = classesOf(frequencies).flatMap((expression) =>
    Array.from({ length: frequencies[expression]! }, () => expression),
  );
  const drawn: Expression[] = [];
  for (let number = 0; drawn.length < count; number += 1) {
    // "deck" in the stream's name: another name would draw other faces.
    const stream = random.stream(seed, `synthetic/${dataset}/${split}/deck ${number}`);
    for (const i of stream.permutation(round.length)) drawn.push(round[i]!);
  }
  return drawn.slice(0, count);
}

/** How many of `count` labels are wrong at a rate: exactly this many. */
export function wrongCount(rate: number, count: number): number {
  return Math.round(rate * count);
}

/**
 * The labels of faces whose expressions are `truth`. With one seed, labels that are wrong at a low rate are
 * wrong in the same way at a higher one.
 */
export function mislabel(
  { seed, dataset, split, frequencies }: SplitPlan,
  truth: readonly Expression[],
  rate: number,
  kind: LabelNoiseKind,
): Expression[] {
  const name = `synthetic/${dataset}/${split}/label noise`;
  const given = [...truth];
  const order = random.stream(seed, name).permutation(truth.length);
  for (const i of order.subarray(0, wrongCount(rate, truth.length))) {
    const right = truth[i]!;
    const wrong =
      kind === "confusable"
        ? lookalikes[right]
        : classesOf(frequencies).filter((expression) => expression !== right);
    given[i] = wrong[random.stream(seed, `${name}/${i}`).integer(wrong.length)]!;
  }
  return given;
}
