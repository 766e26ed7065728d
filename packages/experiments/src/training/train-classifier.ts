/**
 * @file Training one classifier: epochs of steps, relabelling, evaluation, a checkpoint after each.
 *
 * An interrupted run goes on from its checkpoint to the same result, bit for bit: every random choice
 * is a function of seed, epoch and sample, and the checkpoint holds all that is carried on.
 */
import { countParameters, decodeSafetensors, encodeSafetensors } from "@mvt/core";
import type { Executable, Weights } from "@mvt/core";
import { balancedOrder, createBatchLoader, shuffledOrder } from "@mvt/datasets";
import type { Batch, BatchLoader } from "@mvt/datasets";
import { createRelabeller, LabelLedger } from "@mvt/relabel";
import type { Relabeller, Threshold } from "@mvt/relabel";
import type { MgnFile } from "@mvt/mgn";
import type { ClassifierConfig } from "../config.ts";
import type { Subset, TrainingData } from "../data/prepared.ts";
import { engineName } from "../engine.ts";
import { epochMetrics } from "../runs/result.ts";
import type { ClassifierResult, EpochMetrics } from "../runs/result.ts";
import type { RunFolder } from "../runs/store.ts";
import type { TrainingContext } from "./context.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { argmax, evaluationBatchSize, predict } from "./evaluation.ts";
import type { Count } from "./evaluation.ts";
import { requireFinite } from "./finite-loss.ts";
import { startingWeights } from "./initial-weights.ts";
import { predictionsCsv } from "./predictions-csv.ts";
import { partsOf } from "./parts.ts";
import { precisionOf, requirePrecision } from "./precision.ts";
import { declareClassifier, evaluationProgram, trainingProgram, withFrozen } from "./programs.ts";
import type { Classifier } from "./programs.ts";
import { relabelOutcomeOf } from "./relabel-outcome.ts";
import { runEach } from "./run-each.ts";
import { scheduleOf } from "./schedule.ts";

export interface Training {
  readonly config: ClassifierConfig;
  /** "RAF-DB, linear, seed 0" */
  readonly title: string;
  readonly data: TrainingData;
  /** The function that config.relabel names. */
  readonly threshold?: Threshold;
  readonly pretrained?: { readonly weights: Weights; readonly source: string };
  /** The mask generator that config.mgn names. */
  readonly mgn?: MgnFile;
}

/** Trains the run, or what is left of it, and writes its folder. */
export async function trainClassifier(
  training: Training,
  context: TrainingContext<EpochMetrics>,
): Promise<ClassifierResult> {
  const { config, data } = training;
  const { backend, run } = context;
  const mgn = training.mgn && { file: training.mgn, form: config.mgn!.form };
  const classifier = declareClassifier(config.model, mgn);
  const batchSize = evaluationBatchSize(config.model.imageSize);
  const everyEpoch = config.training.tests !== "at-end";
  await requirePrecision(backend, [config]);
  await run.write("config.json", `${JSON.stringify(config, null, 2)}\n`);

  const parts = partsOf(backend, config.model, config.training);
  const step = await backend.compile(trainingProgram(classifier, { ...config.training, parts }));
  const answers = await backend.compile(
    evaluationProgram(
      classifier,
      batchSize,
      partsOf(backend, config.model, { batchSize }),
      precisionOf(config),
    ),
  );
  const loader = createBatchLoader(data.train.images, {
    batchSize: config.training.batchSize,
    threads: context.loaderThreads,
  });
  try {
    const session = await startOrResume(training, context, step, classifier);
    const test = (subset: Subset) =>
      predict(answers, subset, { batchSize, classes: config.model.classes });

    while (!isOver(config, session)) {
      const epoch = session.metrics.length + 1;
      const trained = await trainEpoch(epoch, training, context, { step, loader, ...session });
      session.steps += trained.steps;
      const state = await step.readState();
      await answers.writeState(state);
      const validation = await test(data.validation);
      const tested = everyEpoch ? await test(data.test) : undefined;
      // In the order of `epochMetrics`, which a resumed run writes the earlier epochs in.
      const metrics: EpochMetrics = {
        ...trained.metrics,
        validation: { k: validation.k, n: validation.n },
        ...(tested ? { test: { k: tested.k, n: tested.n } } : {}),
        imagesPerSecond: trained.imagesPerSecond,
      };
      session.relabeller?.endEpoch(epoch, metrics.train.k / metrics.train.n);
      if (session.metrics.every((earlier) => earlier.validation.k < validation.k)) {
        await run.write(
          "validation-best.safetensors",
          encodeSafetensors(parametersOf(classifier, state)),
        );
      }
      session.metrics.push(metrics);
      await saveProgress(run, state, session);
      context.onEpoch?.(metrics, config.training.epochs);
    }

    // What the run leaves behind; result.json comes last, since it says that all else is there.
    const chosenWeights = decodeSafetensors(
      (await run.read("validation-best.safetensors"))!,
      run.path("validation-best.safetensors"),
    );
    await answers.writeState(withFrozen(classifier, chosenWeights.weights));
    const chosen = await test(data.test);
    await run.write("predictions.csv", predictionsCsv(data.classes, data.test, chosen));
    const lastState = await step.readState();
    await run.write("last.safetensors", encodeSafetensors(parametersOf(classifier, lastState)));
    const testLast = async () => {
      await answers.writeState(lastState);
      return test(data.test);
    };
    const last = session.metrics.at(-1)!.test ?? (await testLast());
    const result = summarize(training, run.id, session, {
      chosen,
      last,
      parameters: countParameters(chosenWeights.weights),
      engine: engineName(backend),
    });
    await run.write("result.json", `${JSON.stringify(result, null, 2)}\n`);
    await run.remove("checkpoint.safetensors");
    return result;
  } finally {
    await loader.close();
    await step.dispose();
    await answers.dispose();
  }
}

interface Session {
  readonly ledger: LabelLedger;
  readonly relabeller?: Relabeller;
  readonly metrics: EpochMetrics[];
  /** Optimiser steps taken. */
  steps: number;
}

/** All epochs are done, or the last one was right often enough on its training images. */
function isOver(
  { training: { epochs, stopAtTrainAccuracy } }: ClassifierConfig,
  { metrics }: Session,
): boolean {
  const last = metrics.at(-1);
  if (last === undefined || stopAtTrainAccuracy === undefined) return metrics.length >= epochs;
  return metrics.length >= epochs || last.train.k >= stopAtTrainAccuracy * last.train.n;
}

async function startOrResume(
  { config, data, threshold, pretrained }: Training,
  { run }: TrainingContext<EpochMetrics>,
  step: Executable,
  classifier: Classifier,
): Promise<Session> {
  const ledgerData = { ids: data.train.ids, given: data.train.labels, classes: data.classes };
  const bytes = await run.read("checkpoint.safetensors");
  const checkpoint =
    bytes && decodeCheckpoint(bytes, run.path("checkpoint.safetensors"), epochMetrics);
  await step.writeState(
    checkpoint?.state ??
      withFrozen(classifier, startingWeights(classifier.parameters, config.seed, pretrained)),
  );
  const ledger =
    checkpoint?.ledger === undefined
      ? new LabelLedger(ledgerData)
      : LabelLedger.fromJsonLines(checkpoint.ledger, ledgerData);
  const metrics = [...(checkpoint?.metrics ?? [])];
  const relabeller =
    config.relabel && threshold && createRelabeller({ ...config.relabel, threshold }, ledger);
  for (const { epoch, train } of metrics) relabeller?.endEpoch(epoch, train.k / train.n);
  return { ledger, metrics, steps: checkpoint?.step ?? 0, ...(relabeller ? { relabeller } : {}) };
}

async function trainEpoch(
  epoch: number,
  { config, data, title }: Training,
  { run, onStep }: TrainingContext<EpochMetrics>,
  {
    step,
    loader,
    ledger,
    relabeller,
    steps,
  }: Session & { readonly step: Executable; readonly loader: BatchLoader },
) {
  const { augmentation, batchSize } = config.training;
  const K = config.model.classes;
  const schedule = scheduleOf(config.training);
  const { rows, labels: given } = data.train;
  const positions = positionsOf(data.train);
  const order = (
    config.training.sampler === "balanced"
      ? balancedOrder(given, config.seed, epoch)
      : shuffledOrder(rows.length, config.seed, epoch)
  ).map((i) => rows[i]!);
  const stepsPerEpoch = Math.ceil(rows.length / batchSize);
  const start = performance.now();
  let [batches, seen, right, relabelled, totalLoss] = [0, 0, 0, 0, 0];
  const rate = (batch: number) => schedule(epoch - 1 + batch / stepsPerEpoch);
  const samplesOf = ({ indices }: Batch) => indices.map((row) => positions[row]!);
  let fed = 0;
  const feedsOf = (batch: Batch) => ({
    images: batch.images,
    labels: samplesOf(batch).map((sample) => ledger.labels[sample]!),
    weights: batch.weights,
    learningRate: Float32Array.of(rate(fed)),
    step: Float32Array.of(steps + (fed += 1)),
  });
  const batched = loader.epoch({ order, seed: config.seed, epoch, augmentation });
  for await (const [batch, results] of runEach(step, batched, feedsOf)) {
    const { loss, probabilities } = results as {
      readonly loss: Float32Array;
      readonly probabilities: Float32Array;
    };
    const { count } = batch;
    const samples = samplesOf(batch);
    const learningRate = rate(batches);
    requireFinite(loss[0]!, {
      run: `run ${run.id} (${title})`,
      epoch,
      learningRate,
      advice: `Lower it with --set schedule.learningRate=..., or clip gradients with --set ${config.training.optimizer ?? "adamw"}.clipNorm=1.`,
    });
    for (let i = 0; i < count; i += 1) {
      const answer = argmax(probabilities.subarray(i * K, (i + 1) * K));
      if (answer === given[samples[i]!]) right += 1;
    }
    // The step used the labels as they were; changed ones count when the sample is drawn next.
    relabelled +=
      relabeller?.observe(epoch, samples.subarray(0, count), probabilities.subarray(0, count * K))
        .length ?? 0;
    totalLoss += loss[0]! * count;
    batches += 1;
    seen += count;
    onStep?.(epoch, seen, rows.length);
  }
  const seconds = (performance.now() - start) / 1000;
  return {
    steps: batches,
    metrics: {
      epoch,
      learningRate: schedule(epoch - 1),
      loss: totalLoss / seen,
      train: { k: right, n: seen },
      relabelled,
    },
    imagesPerSecond: Math.round(seen / seconds),
  };
}

/** From a row of the decoded pictures to its place in the subset. */
function positionsOf({ images, rows }: Subset): Int32Array {
  const positions = new Int32Array(images.count).fill(-1);
  for (const [i, row] of rows.entries()) positions[row] = i;
  return positions;
}

/** The checkpoint, and the two files that people read while the run goes on. */
async function saveProgress(run: RunFolder, state: Weights, session: Session) {
  const { metrics, steps, relabeller } = session;
  const ledger = relabeller && session.ledger.toJsonLines();
  await run.write(
    "checkpoint.safetensors",
    encodeCheckpoint({ state, step: steps, metrics, ...(ledger === undefined ? {} : { ledger }) }),
  );
  await run.write("metrics.jsonl", metrics.map((line) => `${JSON.stringify(line)}\n`).join(""));
  if (ledger !== undefined) await run.write("labels.jsonl", ledger);
}

/** Of the state, the classifier's own parameters: no moments, no generator. */
function parametersOf({ parameters }: Classifier, state: Weights): Weights {
  return new Map(parameters.map(({ name }) => [name, state.get(name)!]));
}

function summarize(
  { config, title, data }: Training,
  id: string,
  { metrics, ledger, relabeller }: Session,
  tested: {
    readonly chosen: Count;
    readonly last: Count;
    readonly parameters: number;
    readonly engine: string;
  },
): ClassifierResult {
  const { epoch } = best(metrics, ({ validation }) => validation.k);
  const validation = { k: tested.chosen.k, n: tested.chosen.n, epoch };
  const last = { k: tested.last.k, n: tested.last.n, epoch: metrics.length };
  const onTest = [
    ...metrics.flatMap((line) => (line.test ? [{ ...line.test, epoch: line.epoch }] : [])),
    validation,
    last,
  ];
  const relabel = relabeller && relabelOutcomeOf(ledger, data.train.labels, data.trainTruth);
  return {
    kind: "classifier",
    id,
    title,
    seed: config.seed,
    epochs: metrics.length,
    parameters: tested.parameters,
    engine: tested.engine,
    validation,
    last,
    bestOnTest: best(onTest, ({ k }) => k),
    ...(relabel ? { relabel } : {}),
  };
}

/** The one with most right; the first of equals. */
function best<Item>(items: readonly Item[], right: (item: Item) => number): Item {
  return items.reduce((a, b) => (right(b) > right(a) ? b : a));
}
