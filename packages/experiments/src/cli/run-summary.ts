/** @file The result of a run and the metrics of an epoch, as text. */
import { percent, printable } from "@mvt/common";
import type { EpochMetrics, MgnMetrics, RunResult } from "../runs/result.ts";

/** "78.40 % (392/500)" */
export function formatCount({ k, n }: { readonly k: number; readonly n: number }): string {
  return `${((100 * k) / n).toFixed(2)} % (${k}/${n})`;
}

/** The one number of a result. */
export function summaryOf(result: RunResult): string {
  return result.kind === "classifier"
    ? formatCount(result.validation)
    : `mean mask ${percent(result.last.meanArea)} %, spread ${result.last.spread.toFixed(3)}`;
}

/** Prints a result to stdout: which accuracy is which, and what relabelling did. */
export function printResult(result: RunResult, path: string): void {
  if (result.kind === "mgn") {
    process.stdout.write(
      `run ${result.id}: ${printable(result.title)}: ${summaryOf(result)}\n${path}\n`,
    );
    return;
  }
  const { id, title, validation, last, bestOnTest, relabel, stopped } = result;
  const lines = [
    `run ${id}: ${printable(title)}, ${result.parameters.toLocaleString("en")} parameters`,
    "test accuracy",
    `  epoch chosen on validation  ${formatCount(validation)}, epoch ${validation.epoch}`,
    `  last epoch                  ${formatCount(last)}, epoch ${last.epoch}`,
    `  best on test                ${formatCount(bestOnTest)}, epoch ${bestOnTest.epoch} (selected on test data)`,
  ];
  if (stopped !== undefined) lines.push(printable(stopped));
  if (relabel) {
    const { changed, precision, recall, correctBefore, correctAfter } = relabel;
    lines.push(`relabelled ${changed} samples`);
    if (precision && precision.n > 0)
      lines.push(`  now true              ${formatCount(precision)}`);
    if (recall && recall.n > 0) lines.push(`  wrong labels repaired ${formatCount(recall)}`);
    if (correctBefore && correctAfter) {
      lines.push(
        `  labels true           ${formatCount(correctBefore)} before, ${formatCount(correctAfter)} after`,
      );
    }
  }
  process.stdout.write(`${[...lines, path].join("\n")}\n`);
}

/** The line of a classifier's epoch or of a mask generator's. */
export function epochLine(metrics: EpochMetrics | MgnMetrics, epochs: number): string {
  return "LD" in metrics ? mgnLine(metrics, epochs) : classifierLine(metrics, epochs);
}

function classifierLine(
  { epoch, loss, train, validation, relabelled, imagesPerSecond }: EpochMetrics,
  epochs: number,
): string {
  return [
    `epoch ${epoch}/${epochs}`,
    `loss ${loss.toFixed(3)}`,
    `train ${percent(train.k / train.n)}%`,
    `validation ${percent(validation.k / validation.n)}%`,
    ...(relabelled > 0 ? [`relabelled ${relabelled}`] : []),
    `${imagesPerSecond} images/s`,
  ].join("  ");
}

function mgnLine(metrics: MgnMetrics, epochs: number): string {
  const { epoch, LD, LG, variance, meanArea, spread, accuracyGm, accuracyRm, collapse } = metrics;
  return [
    `epoch ${epoch}/${epochs}`,
    `L_D ${LD.toFixed(3)}`,
    `L_G ${LG.toFixed(3)}`,
    `variance ${variance.toFixed(4)}`,
    `area ${percent(meanArea)}%`,
    `spread ${spread.toFixed(3)}`,
    `D under masks ${percent(accuracyGm)}%, random ${percent(accuracyRm)}%`,
    `${metrics.imagesPerSecond} images/s`,
    ...collapse.map((sentence) => `warning: ${sentence}`),
  ].join("  ");
}
