/**
 * @file Wrong labels at a known rate.
 */
import { random } from "@mvt/core";
import type { Expression } from "../expression.ts";
import { classesOf, type DrawnName, lookalikes } from "./classes.ts";

export const labelNoiseKinds = ["symmetric", "confusable"] as const;

/**
 * Whether a wrong label is any other class, or one of the two that look most alike; uniformly
 * either way.
 */
export type LabelNoiseKind = (typeof labelNoiseKinds)[number];

/** How many of `count` labels are wrong at a rate: exactly this many. */
export function wrongCount(rate: number, count: number): number {
  return Math.round(rate * count);
}

/**
 * The labels to be written for faces whose expressions are `truth`. With one seed, what is wrong at
 * a low rate is wrong in the same way at a higher one.
 */
export function mislabel(
  seed: number,
  dataset: DrawnName,
  split: string,
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
        : classesOf(dataset).filter((expression) => expression !== right);
    given[i] = wrong[random.stream(seed, `${name}/${i}`).integer(wrong.length)]!;
  }
  return given;
}
