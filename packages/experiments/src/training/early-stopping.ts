/** @file Whether training ends before its last epoch, and why. */
import { percent } from "@mvt/common";
import type { EpochMetrics } from "../runs/result.ts";
import type { TrainingConfig } from "../settings/training.ts";

type Ending = Pick<TrainingConfig, "epochs" | "stopAtTrainAccuracy" | "earlyStopping">;
type Epoch = Pick<EpochMetrics, "epoch" | "train" | "validation">;

/** Why training ends after the last of these epochs, in words; undefined if it goes on, or if all epochs are trained. */
export function endsEarly(
  { epochs, stopAtTrainAccuracy, earlyStopping }: Ending,
  metrics: readonly Epoch[],
): string | undefined {
  const last = metrics.at(-1);
  if (last === undefined || metrics.length >= epochs) return undefined;
  const { train } = last;
  if (stopAtTrainAccuracy !== undefined && train.k >= stopAtTrainAccuracy * train.n) {
    return `stopped after epoch ${last.epoch}: a training accuracy of ${percent(train.k / train.n)} %`;
  }
  if (earlyStopping === undefined) return undefined;
  const { patience, minDelta = 0 } = earlyStopping;
  const best = lastImprovement(metrics, minDelta);
  if (last.epoch - best.epoch < patience) return undefined;
  const { k, n } = best.validation;
  const better = minDelta === 0 ? "better" : `better by more than ${percent(minDelta)} points`;
  return `stopped after epoch ${last.epoch}: no epoch since epoch ${best.epoch} was ${better} on validation images (${percent(k / n)} %)`;
}

/** The last epoch that was better than every improvement before it by more than `minDelta`; the first one is. */
function lastImprovement(metrics: readonly Epoch[], minDelta: number): Epoch {
  return metrics.reduce((best, epoch) => {
    const { k, n } = epoch.validation; // of as many images in every epoch
    return k - best.validation.k > minDelta * n ? epoch : best;
  });
}
