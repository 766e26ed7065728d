/** @file How a run's network is evaluated where it is not as usual, in words: for its page and its exported model. */
import type { RunConfig } from "../settings/run-config.ts";

/** Absent is as usual: the weights of the last step, and the probabilities of the image alone. */
export interface HowEvaluated {
  /** Which weights are evaluated. */
  readonly howWeights?: string;
  /** What is predicted with them. */
  readonly howPredictions?: string;
}

export function howEvaluated(config: RunConfig): HowEvaluated {
  if (config.kind === "mgn") return {};
  const { ema, testFlip = false } = config.training;
  return {
    ...(ema && { howWeights: `moving average over steps, d = ${ema.decay}` }),
    ...(testFlip && {
      howPredictions: "mean of the probabilities of an image and of its mirror image",
    }),
  };
}
