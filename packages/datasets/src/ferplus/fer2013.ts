/** @file FER2013's own labels for the training images of FERPlus, whose votes tell which of them are wrong. */
import type { Sample } from "../dataset.ts";
import type { Expression } from "../expression.ts";

/**
 * In the order of the numbers in column `emotion` of fer2013.csv, from 0. There is no contempt.
 *
 * Goodfellow et al., "Challenges in Representation Learning: A Report on Three Machine Learning Contests",
 * ICONIP 2013, arXiv:1307.0414.
 */
export const fer2013Classes = [
  "anger",
  "disgust",
  "fear",
  "happiness",
  "sadness",
  "surprise",
  "neutral",
] as const satisfies readonly Expression[];

/**
 * Training images with FER2013's labels in place of the votes', and what the votes say of each.
 *
 * Images that the protocol drops have no true label and are not among `samples`. An image that the votes call contempt
 * keeps FER2013's label, which is then wrong.
 */
export function withFer2013Labels(
  samples: readonly Sample[],
  emotions: ReadonlyMap<string, Expression>,
): {
  readonly train: readonly Sample[];
  readonly trueExpressions: ReadonlyMap<string, Expression>;
} {
  return {
    train: samples.map((sample) => ({ ...sample, expression: emotions.get(sample.id)! })),
    trueExpressions: new Map(samples.map(({ id, expression }) => [id, expression])),
  };
}
