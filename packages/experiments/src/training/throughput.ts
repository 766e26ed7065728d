/** @file How fast a training step goes here: a few steps on noise, without the data pipeline. */
import type { Backend } from "@mvt/core";
import type { RunConfig } from "../config.ts";
import { precisionOf } from "../training/precision.ts";
import { openStep, timeSteps } from "./workload.ts";

const timed = 3;

/** Training steps' images per second. */
export async function measureThroughput(
  backend: Backend,
  { model, training }: Pick<RunConfig, "model" | "training">,
): Promise<number> {
  const { batchSize, adamw } = training;
  const precision = precisionOf({ training });
  const step = await openStep(backend, { kind: "train", model, batchSize, adamw, precision });
  try {
    const seconds = await timeSteps(() => step.run(), timed);
    return (timed * batchSize) / seconds.reduce((a, b) => a + b, 0);
  } finally {
    await step.dispose();
  }
}
