/** @file The learning rate of every step, from a run's configuration. */
import { cosine, exponential, withWarmup } from "@mvt/core";
import type { Schedule } from "@mvt/core";
import type { TrainingConfig } from "../settings/run-config.ts";

export function scheduleOf({ schedule, epochs }: TrainingConfig): Schedule {
  const { kind, learningRate, gamma = 0.9, warmupEpochs } = schedule;
  const base = kind === "cosine" ? cosine(learningRate, epochs) : exponential(learningRate, gamma);
  return withWarmup(base, warmupEpochs);
}
