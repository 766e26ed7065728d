/** @file Training that diverged ends at once: no later step could bring the weights back. */
import { UsageError } from "../usage-error.ts";

/** Where training is. */
export interface TrainingStep {
  /** "run 0123456789ab (RAF-DB, linear, seed 0)" */
  readonly run: string;
  readonly epoch: number;
  readonly learningRate: number;
  /** What to do when it diverged. */
  readonly advice: string;
}

/** Throws unless the loss is a finite number. */
export function requireFinite(
  loss: number,
  { run, epoch, learningRate, advice }: TrainingStep,
): void {
  if (Number.isFinite(loss)) return;
  throw new UsageError(
    `${run}: expected a finite loss, got ${loss} in epoch ${epoch} at learning rate ${learningRate}. ${advice}`,
  );
}
