/** @file What result.json says of a classifier's accuracy, from its metrics and its predictions. */
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

const countOf = ({ k, n }: Count): Count => ({ k, n });

/** The item with the highest count; the first of equals. */
function best<Item>(items: readonly Item[], count: (item: Item) => number): Item {
  return items.reduce((a, b) => (count(b) > count(a) ? b : a));
}
