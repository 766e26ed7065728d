/**
 * @file MGN's two steps beside their matrix products: `node measure/mgn-steps.ts [SIDE [ROUNDS [COUNT ...]]]`, where SIDE
 * is discriminator or generator and each COUNT a number of micro-batches; default: 1, and what a run uses. DeiT-S at 224
 * pixels, batch 8, two threads, AdamW, on noise; nothing is learnt from it.
 *
 * Every round runs three steps in each number of micro-batches in turn, then times the products, so that whatever else the
 * machine does hits all of them. A line gives the fastest of all rounds so far.
 */
import { deit, nn, onnxBackend } from "@mvt/core";
import type { Feeds, Program } from "@mvt/core";
import { microBatchCount, noiseOf } from "@mvt/experiments";
import {
  declareMgn,
  discriminatorProgram,
  generatorConfig,
  generatorProgram,
  passesPerImage,
} from "@mvt/mgn";
import { productTimer, totalSeconds } from "../src/workloads/matrix-products.ts";

const [, , side = "discriminator", rounds = "5", ...given] = process.argv;
const batchSize = 8;
const threads = 2;
const stepsPerRound = 3;

const model = { ...deit.variants["S/16"], classes: 7 };
const mgn = declareMgn(generatorConfig(model, 0.15), model);
const parameters = [...mgn.generator.parameters, ...mgn.discriminator.parameters];
const weights = nn.initialWeights(parameters, 0);
const backend = await onnxBackend({ threads });
const passes = side === "generator" ? passesPerImage.generator : passesPerImage.discriminator;
const used = microBatchCount(backend, model, { batchSize, passes });
const counts = given.length > 0 ? given.map(Number) : [1, used];
const patches = batchSize * deit.patchCount(model);
const feeds: Feeds = {
  ...noiseOf(model, batchSize),
  weights: new Float32Array(batchSize).fill(1),
  randomMask: Float32Array.from({ length: patches }, (_, i) => Number(i % 7 === 0)),
  learningRate: Float32Array.of(9e-5),
};

/** Compiles a step and warms it up; a function that gives the seconds of one more. */
async function openStep(program: Program) {
  const executable = await backend.compile(program);
  const own = new Map(await executable.readState());
  for (const [name, array] of weights) own.set(name, array);
  await executable.writeState(own);
  let step = 0;
  const time = async () => {
    step += 1;
    const start = performance.now();
    await executable.run({ ...feeds, step: Float32Array.of(step) });
    return (performance.now() - start) / 1000;
  };
  for (let i = 0; i < 2; i += 1) await time();
  return time;
}

const programOf = side === "generator" ? generatorProgram : discriminatorProgram;
const timed: {
  readonly microBatches: number;
  readonly time: () => Promise<number>;
  fastest: number;
}[] = [];
for (const microBatches of counts) {
  const time = await openStep(programOf(mgn, { batchSize, microBatches }));
  timed.push({ microBatches, time, fastest: Infinity });
}
const products = productTimer(programOf(mgn, { batchSize }), threads);
let alone = Infinity;
for (let round = 1; round <= Number(rounds); round += 1) {
  for (let i = 0; i < stepsPerRound; i += 1) {
    for (const one of timed) one.fastest = Math.min(one.fastest, await one.time());
  }
  alone = Math.min(alone, totalSeconds(await products.time()));
  const figures = timed.map(
    ({ microBatches, fastest }) =>
      `${fastest.toFixed(3)} s in ${microBatches} (${(alone / fastest).toFixed(2)})`,
  );
  process.stdout.write(
    `${side}, round ${round}: ${figures.join(", ")}; products alone ${alone.toFixed(3)} s\n`,
  );
}
process.exit();
