/** @file A step of MGN's training as the measurements time it: DeiT-S at 224 pixels, batch 8, on noise. */
import { type Backend, deit, type Feeds, nn } from "@mvt/core";
import { microBatchCount, noiseOf } from "@mvt/experiments";
import {
  declareMgn,
  discriminatorProgram,
  generatorConfig,
  generatorProgram,
  passesPerImage,
} from "@mvt/mgn";

export const batchSize = 8;
export const model = { ...deit.variants["S/16"], classes: 7 };
export const generator = generatorConfig(model, 0.15);

const mgn = declareMgn(generator, model);
const programs = { discriminator: discriminatorProgram, generator: generatorProgram } as const;
export type Side = keyof typeof programs;

const feeds: Feeds = {
  ...noiseOf(model, batchSize),
  weights: new Float32Array(batchSize).fill(1),
  randomMask: Float32Array.from({ length: batchSize * deit.patchCount(model) }, (_, i) =>
    Number(i % 7 === 0),
  ),
  learningRate: Float32Array.of(9e-5),
};

/** The program of a side's step. */
export const programOf = (side: Side, microBatches = 1) =>
  programs[side](mgn, { batchSize, microBatches });

/** In how many micro-batches a run computes a batch. */
export const usedCount = (backend: Backend, side: Side) =>
  microBatchCount(backend, model, { batchSize, passes: passesPerImage[side] });

/** Compiles a side's step and runs it `warmUp` times; a function that runs one more. */
export async function openMgnStep(
  backend: Backend,
  side: Side,
  { microBatches, warmUp }: { readonly microBatches: number; readonly warmUp: number },
): Promise<() => Promise<void>> {
  const executable = await backend.compile(programOf(side, microBatches));
  const state = new Map(await executable.readState());
  const parameters = [...mgn.generator.parameters, ...mgn.discriminator.parameters];
  for (const [name, array] of nn.initialWeights(parameters, 0)) state.set(name, array);
  await executable.writeState(state);
  let step = 0;
  const run = async () => {
    step += 1;
    await executable.run({ ...feeds, step: Float32Array.of(step) });
  };
  for (let i = 0; i < warmUp; i += 1) await run();
  return run;
}
