/** @file What result.json says of a classifier: its accuracy, from metrics and predictions, and what relabelling did. */
import { sum } from "@mvt/common";
import { relabelQuality } from "@mvt/relabel";
import type { Count } from "@mvt/report";
import type { ClassifierResult, EpochMetrics } from "./result.ts";

type Outcome = Pick<ClassifierResult, "epochs" | "validation" | "last" | "bestOnTest">;

/**
 * The counts with their epochs. `chosen`: of the test images with the weights of the epoch that was best on the validation
 * subset; `last`: with those of the last epoch.
 */
export function outcomeOf(
  metrics: readonly EpochMetrics[],
  { chosen, last: atEnd }: { readonly chosen: Count; readonly last: Count },
): Outcome {
  const { epoch } = best(metrics, (line) => line.validation.k);
  const validation = { ...countOf(chosen), epoch };
  const last = { ...countOf(atEnd), epoch: metrics.length };
  const onTest = [
    ...metrics.flatMap((line) => (line.test ? [{ ...line.test, epoch: line.epoch }] : [])),
    validation,
    last,
  ];
  return { epochs: metrics.length, validation, last, bestOnTest: best(onTest, ({ k }) => k) };
}

/**
 * What relabelling made of labels, and how many are right where the truth is known. `given` and `current`: class indices
 * before and after it.
 */
export function relabelOutcomeOf(
  given: ArrayLike<number>,
  current: ArrayLike<number>,
  truth: ArrayLike<number> | undefined,
): NonNullable<ClassifierResult["relabel"]> {
  const changed = sum(Array.from(current, (label, i) => Number(label !== given[i])));
  if (truth === undefined) return { changed };
  const quality = relabelQuality({ given, current, truth });
  return {
    changed,
    precision: countOf(quality.precision),
    recall: countOf(quality.recall),
    harm: countOf(quality.harm),
    correctBefore: countOf(quality.correctBefore),
    correctAfter: countOf(quality.correctAfter),
  };
}

const countOf = ({ k, n }: Count): Count => ({ k, n });

/** The item with the highest count; the first of equals. */
function best<Item>(items: readonly Item[], count: (item: Item) => number): Item {
  return items.reduce((a, b) => (count(b) > count(a) ? b : a));
}
