/**
 * @file What a run computes beside the training step that `bench train` times: the steps of a mask generator, a training
 * step on masked images, and predictions. `node packages/bench/measure/step-ratios.ts [FILE [ROUNDS]]`.
 *
 * DeiT-S at 224 pixels on two threads, on noise; nothing is learnt from it. Every round runs each program in turn, so that
 * whatever else the machine does hits all of them. Steps are timed on the processor, all threads together, so that waiting for other
 * processes does not count. FILE, results/bench/steps.csv if absent, gets a step of every round; `pnpm costs` uses
 * the ratios to the plain training step of the same round.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nn, onnxBackend } from "@mvt/core";
import {
  declareClassifier,
  evaluationBatchSize,
  evaluationProgram,
  microBatchCount,
  openStep,
  trainingProgram,
} from "@mvt/experiments";
import { declareGenerator } from "@mvt/mgn";
import { batchSize, generator, model, openMgnStep, type Side, usedCount } from "./mgn-step.ts";

const [, , file = join(import.meta.dirname, "../../../results/bench/steps.csv"), rounds = "3"] =
  process.argv;
const predicted = evaluationBatchSize(224);

const backend = await onnxBackend({ threads: 2 });
const plain = declareClassifier(model);
const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, generator));
const masked = declareClassifier(model, {
  file: {
    config: generator,
    weights: nn.initialWeights(parameters, 0),
    dataset: "raf-db",
    polarity: "remove",
    space: "pixel",
    provenance: {},
  },
  form: { kind: "soft" },
});
const microBatches = microBatchCount(backend, model, { batchSize });

const opened = async (classifier: typeof plain, trains: boolean, size: number) => {
  const program = trains
    ? trainingProgram(classifier, { batchSize: size, adamw: {}, microBatches })
    : evaluationProgram(classifier, size, microBatchCount(backend, model, { batchSize: size }));
  const step = await openStep(backend, { classifier, program, trains, batchSize: size, warmUp: 1 });
  return () => step.run();
};

/** A step of a mask generator's training, as a run divides the batch. */
const openSide = (side: Side) =>
  openMgnStep(backend, side, { microBatches: usedCount(backend, side), warmUp: 1 });

const programs = [
  { name: "step", images: batchSize, run: await opened(plain, true, batchSize) },
  { name: "masked-step", images: batchSize, run: await opened(masked, true, batchSize) },
  {
    name: "discriminator-step",
    images: batchSize,
    run: await openSide("discriminator"),
  },
  {
    name: "generator-step",
    images: batchSize,
    run: await openSide("generator"),
  },
  {
    name: "evaluation",
    images: predicted,
    run: await opened(plain, false, predicted),
  },
  {
    name: "masked-evaluation",
    images: predicted,
    run: await opened(masked, false, predicted),
  },
];

const lines = ["program,images,round,cpu_seconds"];
for (let round = 1; round <= Number(rounds); round += 1) {
  for (const { name, images, run } of programs) {
    const start = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    lines.push(`${name},${images},${round},${seconds.toFixed(6)}`);
    process.stdout.write(`${lines.at(-1)}\n`);
  }
}
writeFileSync(file, `${lines.join("\n")}\n`);
process.exit();
