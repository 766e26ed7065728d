/** @file How fast a training step goes here: a few steps on noise. */
import type { Backend } from "@mvt/core";
import type { RunConfig } from "../config.ts";
import { declareClassifier, trainingProgram } from "./programs.ts";
import { startingWeights } from "./initial-weights.ts";

/** The first steps fill memory pools and take up to 2.5 times as long. */
const [warmUp, timed] = [2, 3];

/** Training steps' images per second, without the data pipeline. */
export async function measureThroughput(
  backend: Backend,
  { model, training }: Pick<RunConfig, "model" | "training">,
): Promise<number> {
  const classifier = declareClassifier(model);
  const executable = await backend.compile(trainingProgram(classifier, training));
  try {
    await executable.writeState(startingWeights(classifier.parameters, 0));
    const B = training.batchSize;
    const images = Uint8Array.from(
      { length: B * model.imageSize ** 2 * 3 },
      (_, i) => (i * 97) % 251,
    );
    const labels = Int32Array.from({ length: B }, (_, i) => i % model.classes);
    const feeds = {
      images,
      labels,
      weights: new Float32Array(B).fill(1),
      learningRate: Float32Array.of(0),
    };
    let start = 0;
    for (let i = 1; i <= warmUp + timed; i += 1) {
      if (i === warmUp + 1) start = performance.now();
      await executable.run({ ...feeds, step: Float32Array.of(i) });
    }
    return (1000 * timed * B) / (performance.now() - start);
  } finally {
    await executable.dispose();
  }
}
