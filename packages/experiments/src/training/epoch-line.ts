/** @file How an epoch went, in one line for people. */
import type { EpochMetrics, MgnMetrics } from "../runs/result.ts";

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

export function classifierLine(
  { epoch, loss, train, validation, relabelled, imagesPerSecond }: EpochMetrics,
  epochs: number,
): string {
  return [
    `epoch ${epoch}/${epochs}`,
    `loss ${loss.toFixed(3)}`,
    `train ${percent(train.k / train.n)}`,
    `validation ${percent(validation.k / validation.n)}`,
    ...(relabelled > 0 ? [`relabelled ${relabelled}`] : []),
    `${imagesPerSecond} images/s`,
  ].join("  ");
}

export function mgnLine(metrics: MgnMetrics, epochs: number): string {
  const { epoch, LD, LG, variance, meanArea, spread, accuracyGm, accuracyRm, collapse } = metrics;
  return [
    `epoch ${epoch}/${epochs}`,
    `L_D ${LD.toFixed(3)}`,
    `L_G ${LG.toFixed(3)}`,
    `variance ${variance.toFixed(4)}`,
    `area ${percent(meanArea)}`,
    `spread ${spread.toFixed(3)}`,
    `D under masks ${percent(accuracyGm)}, random ${percent(accuracyRm)}`,
    `${metrics.imagesPerSecond} images/s`,
    ...collapse.map((sentence) => `warning: ${sentence}`),
  ].join("  ");
}
