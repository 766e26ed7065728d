/** @file The time of whole training steps, on noise, without the data pipeline. */
import { nn } from "@mvt/core";
import type { AdamWOptions, Backend, deit, Executable } from "@mvt/core";
import { declareClassifier, trainingProgram } from "../training/programs.ts";

export interface StepBench {
  /** Seconds of each of so many further steps. */
  time(steps: number): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/** Compiles a step, fills its weights and warms it up. */
export async function openStep(
  backend: Backend,
  model: deit.VitConfig,
  training: { readonly batchSize: number; readonly adamw: AdamWOptions },
): Promise<StepBench> {
  const classifier = declareClassifier(model);
  const executable = await backend.compile(trainingProgram(classifier, training));
  await executable.writeState(nn.initialWeights(classifier.parameters, 0));
  const step = stepper(executable, model, training.batchSize);
  // The first steps fill memory pools and take up to 2.5 times as long.
  for (let i = 0; i < 3; i += 1) await step();
  return {
    async time(steps) {
      const seconds: number[] = [];
      for (let i = 0; i < steps; i += 1) {
        const start = performance.now();
        await step();
        seconds.push((performance.now() - start) / 1000);
      }
      return seconds;
    },
    dispose: () => executable.dispose(),
  };
}

function stepper(executable: Executable, { imageSize, classes }: deit.VitConfig, B: number) {
  const feeds = {
    images: Uint8Array.from({ length: B * imageSize ** 2 * 3 }, (_, i) => (i * 97) % 251),
    labels: Int32Array.from({ length: B }, (_, i) => i % classes),
    weights: new Float32Array(B).fill(1),
    learningRate: Float32Array.of(9e-5),
  };
  let step = 0;
  return () => executable.run({ ...feeds, step: Float32Array.of((step += 1)) });
}
