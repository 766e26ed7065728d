/** @file How a run's network is evaluated where it is not as usual, in words: for its page and its exported model. */
import type { RunConfig } from "../settings/run-config.ts";

/** Which weights are evaluated, and what is predicted with them; a line for each that is not as usual. */
export function howEvaluated(
  config: RunConfig,
): readonly (readonly [what: "Weights" | "Predictions", how: string])[] {
  if (config.kind === "mgn") return [];
  const { ema, testFlip = false } = config.training;
  return [
    ...(ema ? [["Weights", `moving average over steps, d = ${ema.decay}`] as const] : []),
    ...(testFlip
      ? [["Predictions", "mean of the probabilities of an image and of its mirror image"] as const]
      : []),
  ];
}
