/**
 * @file metrics.csv, in which a finished run has what metrics.jsonl says of its epochs as a table.
 *
 *     epoch,learning_rate,loss,train_accuracy,validation_accuracy,test_accuracy,relabelled
 *     1,0.001,1.9459,0.25,0.3,0.28,0
 *
 * One line per epoch. The columns after the first are the measures of the run's kind (`measures.ts`), with all their
 * digits; shares are of 1; what was not measured is empty. It has no speed: training again gives the same bytes.
 */
import { stringify } from "csv-stringify/sync";
import type { Curve } from "./measures.ts";

/** The text of metrics.csv: a line per epoch, a column per measure. */
export function metricsCsv(curves: readonly Curve[]): string {
  const epochs = curves[0]!.values.map((_, i) => [i + 1, ...curves.map(({ values }) => values[i])]);
  return stringify([["epoch", ...curves.map(({ name }) => name)], ...epochs]);
}
