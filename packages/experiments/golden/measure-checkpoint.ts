/**
 * @file What a checkpoint costs at scale paper: `node golden/measure-checkpoint.ts [FOLDER]`, where FOLDER is on the
 * disk that matters. DeiT-S with AdamW on the CPU, 12,271 training images of 7 classes; nothing is trained.
 *
 * The time of the training thread is its own time on a core, so that other processes do not count; a checkpoint takes
 * up the rest of its cores' time in threads of Node's pool while the next steps run.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { deit, nn, onnxBackend } from "@mvt/core";
import { TrainingHistory } from "@mvt/relabel";
import { epochMetrics } from "../src/runs/result.ts";
import { checkpointFile } from "../src/runs/checkpoint-files.ts";
import { openRun } from "../src/runs/run-folder.ts";
import { scales } from "../src/settings/scales.ts";
import { trainEpochs } from "../src/training/epoch-loop.ts";
import { microBatchCount } from "../src/training/micro-batches.ts";
import { declareClassifier, trainingProgram } from "../src/training/programs.ts";

const [, , folder = tmpdir()] = process.argv;
const images = 12_271;
const model = { ...deit.variants["S/16"], classes: 7 };
const { training } = scales.paper;
const backend = await onnxBackend({});
const classifier = declareClassifier(model);
const microBatches = microBatchCount(backend, model, training);
const step = await backend.compile(trainingProgram(classifier, { ...training, microBatches }));
const initial = nn.initialWeights(classifier.parameters, 0);
await step.writeState(initial);
const given = Int32Array.from({ length: images }, (_, i) => i % model.classes);
const history = new TrainingHistory({ given, classes: model.classes });

/** Seconds of this thread on a core, and of all threads. */
const cpu = () => {
  const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6;
  return { thread: seconds(process.threadCpuUsage()), all: seconds(process.cpuUsage()) };
};

const runs = await mkdtemp(join(folder, "mvt-checkpoint-"));
const run = openRun(runs, "0123456789ab");
const ended = new Error("measured");
const lines: string[] = [];
await trainEpochs(
  {
    line: epochMetrics,
    epochs: 1,
    start: async () => {},
    readState: () => step.readState(),
    history: () => history.toArrays(),
    best: () => initial,
    async trainEpoch(_, { afterStep }) {
      for (let steps = 1; steps <= 6; steps += 1) {
        const [before, start] = [cpu(), performance.now()];
        await afterStep({ steps, milliseconds: 0, sums: {} });
        const thread = cpu().thread - before.thread;
        const file = run.path(checkpointFile(steps));
        while (!existsSync(file)) await setTimeout(5);
        const whole = (performance.now() - start) / 1000;
        const all = cpu().all - before.all;
        const { size } = await stat(file);
        lines.push(
          `${(size / 1e6).toFixed(0)} MB: ${thread.toFixed(2)} s of the training thread (${((100 * thread) / 300).toFixed(2)} % of 5 min), ${all.toFixed(2)} s of all threads, on the disk after ${whole.toFixed(2)} s`,
        );
        await setTimeout(200);
      }
      throw ended;
    },
  },
  { run, checkpoints: { every: { steps: 1 }, keep: 2, apart: 0 } },
).catch((error: unknown) => {
  if (error !== ended) throw error;
});
process.stdout.write(`${lines.join("\n")}\n`);
await step.dispose();
await rm(runs, { recursive: true });
