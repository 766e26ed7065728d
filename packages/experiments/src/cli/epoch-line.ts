/** @file How an epoch went, in one line. */
import { percent } from "@mvt/common";
import type { EpochMetrics, MgnMetrics } from "../runs/result.ts";

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
