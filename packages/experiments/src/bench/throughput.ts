/** @file How fast a training step goes here: a few steps on noise, without the data pipeline. */
import type { Backend } from "@mvt/core";
import type { RunConfig } from "../config.ts";
import { openStep } from "./training-step.ts";

const timed = 3;

/** Training steps' images per second. */
export async function measureThroughput(
  backend: Backend,
  { model, training }: Pick<RunConfig, "model" | "training">,
): Promise<number> {
  const step = await openStep(backend, model, training);
  try {
    const seconds = (await step.time(timed)).reduce((a, b) => a + b, 0);
    return (timed * training.batchSize) / seconds;
  } finally {
    await step.dispose();
  }
}
