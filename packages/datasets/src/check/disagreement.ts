/** @file How training labels and better ones disagree, class by class. */
import { sum } from "@mvt/common";
import type { Dataset } from "../datasets.ts";
import type { Expression } from "../expression.ts";

export interface Disagreement {
  /** The classes that labels have, and those that are true of some image, in the order of the data set. */
  readonly given: readonly Expression[];
  readonly truth: readonly Expression[];
  /** [given][truth] training images. */
  readonly counts: readonly (readonly number[])[];
  /** [given] training images whose label is not the true one. */
  readonly wrong: readonly number[];
}

/** Undefined for a data set whose files have one label for each image. */
export function disagreementOf({
  classes,
  splits,
  trueExpressions,
}: Dataset): Disagreement | undefined {
  if (trueExpressions === undefined) return undefined;
  const pairs = splits.train.map(({ id, expression }) => ({
    label: expression,
    right: trueExpressions.get(id)!,
  }));
  const given = classes.filter((name) => pairs.some(({ label }) => label === name));
  const truth = classes.filter((name) => pairs.some(({ right }) => right === name));
  const counts = given.map((row) =>
    truth.map(
      (column) => pairs.filter(({ label, right }) => label === row && right === column).length,
    ),
  );
  const wrong = given.map((row, i) => sum(counts[i]!.filter((_, j) => truth[j] !== row)));
  return { given, truth, counts, wrong };
}
