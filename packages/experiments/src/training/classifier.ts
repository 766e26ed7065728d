/** @file Training one classifier: epochs of steps, relabelling, evaluation, and what the run leaves behind. */
import { argmax } from "@mvt/common";
import {
  compileStep,
  cosine,
  countParameters,
  encodeSafetensors,
  exponential,
  withWarmup,
} from "@mvt/core";
import type { Executable, Schedule, Weights } from "@mvt/core";
import { balancedOrder, createBatchLoader, shuffledOrder } from "@mvt/datasets";
import type { Batch, BatchLoader } from "@mvt/datasets";
import type { MgnFile } from "@mvt/mgn";
import type { Threshold } from "@mvt/relabel";
import type { Count } from "@mvt/report";
import type { Subset, TrainingData } from "../data/prepared.ts";
import { engineName } from "../engine/engine.ts";
import type { Lineage } from "../pretrained/lineage.ts";
import { madeByOf } from "../runs/origin.ts";
import { heldOutCsv } from "../runs/held-out.ts";
import { classifierCurves } from "../runs/measures.ts";
import { metricsCsv } from "../runs/metrics-csv.ts";
import { outcomeOf } from "../runs/outcome.ts";
import { predictionsCsv } from "../runs/predictions.ts";
import { epochMetrics } from "../runs/result.ts";
import type { ClassifierResult, EpochMetrics } from "../runs/result.ts";
import { requireCompatible } from "../settings/regularisation.ts";
import type { ClassifierConfig } from "../settings/run-config.ts";
import type { TrainingConfig } from "../settings/training.ts";
import { endsEarly } from "./early-stopping.ts";
import { requireFinite, trainEpochs } from "./epoch-loop.ts";
import type { EpochStart, Interruptions, TrainingContext } from "./epoch-loop.ts";
import { evaluatedWeights, startingState } from "./evaluated-weights.ts";
import { TrainingLabels } from "./labels.ts";
import { microBatchCount } from "./micro-batches.ts";
import { listed, resumedSums } from "./partial-sums.ts";
import { evaluationBatchSize, predict, runEach } from "./predict.ts";
import {
  declareClassifier,
  evaluationProgram,
  precisionOf,
  trainingProgram,
  withFrozen,
} from "./programs.ts";
import { classTermsOf } from "./regularisation.ts";
import { startingWeights } from "./starting-weights.ts";
import { createStepInputs } from "./step-inputs.ts";
import type { StepInputs } from "./step-inputs.ts";

export interface ClassifierTraining {
  readonly config: ClassifierConfig;
  /** "RAF-DB, linear, seed 0" */
  readonly title: string;
  readonly data: TrainingData;
  /** The fold of config.fold, which the data do not have. */
  readonly heldOut?: Subset;
  /** The function that config.relabel names. */
  readonly threshold?: Threshold;
  readonly pretrained?: {
    readonly weights: Weights;
    readonly source: string;
    /** The file that they come from, if they do. */
    readonly lineage?: Lineage;
  };
  /** The mask generator that config.mgn names. */
  readonly mgn?: MgnFile;
}

/** Trains the run, or what is left of it, and writes its folder. */
export async function trainClassifier(
  training: ClassifierTraining,
  context: TrainingContext<EpochMetrics>,
): Promise<ClassifierResult> {
  const { config, data, heldOut, pretrained } = training;
  const { backend, run } = context;
  const { model, training: settings } = config;
  requireCompatible(config);
  const { weights: classWeights, logPrior } = classTermsOf(settings, data);
  const mgn = training.mgn && { file: training.mgn, form: config.mgn!.form };
  const classifier = declareClassifier(model, mgn, settings);
  await run.write("config.json", `${JSON.stringify(config, null, 2)}\n`);

  const microBatches = microBatchCount(backend, model, settings);
  const program = trainingProgram(classifier, { ...settings, microBatches, logPrior });
  const step = await compileStep(backend, program);
  const batchSize = evaluationBatchSize(model.imageSize);
  const evaluation = await backend.compile(
    evaluationProgram(
      classifier,
      batchSize,
      microBatchCount(backend, model, { batchSize }),
      precisionOf(config),
    ),
  );
  const loader = createBatchLoader(data.train.images, {
    batchSize: settings.batchSize,
    threads: context.loaderThreads,
  });
  const predictSubset = (subset: Subset, pause: () => Promise<void>) =>
    predict(evaluation, subset, { batchSize, classes: model.classes, pause });
  const labels = new TrainingLabels(data, config.relabel, training.threshold);
  const inputs = createStepInputs(config, classWeights);
  let bestWeights: Weights | undefined;
  try {
    const { metrics, pause } = await trainEpochs(
      {
        line: epochMetrics,
        parameters: classifier.parameters,
        epochs: settings.epochs,
        async start(checkpoint, source) {
          const initial = () => startingWeights(classifier.parameters, config.seed, pretrained);
          const state = () => withFrozen(classifier, startingState(settings, initial()));
          await step.writeState(checkpoint?.state ?? state());
          labels.resume(checkpoint, source);
          bestWeights = checkpoint?.best;
        },
        readState: () => step.readState(),
        async trainEpoch(start, interruptions) {
          const { earlier } = start;
          const epoch = earlier.length + 1;
          const parts = { step, inputs, loader, labels, interruptions };
          const trained = await trainSteps(start, training, context, parts);
          const state = await step.readState();
          const weights = evaluatedWeights(settings, classifier, state);
          await evaluation.writeState(withFrozen(classifier, weights));
          const predictNow = (subset: Subset) => predictSubset(subset, interruptions.pause);
          const validation = await predictNow(data.validation);
          const test =
            settings.tests === "at-end" ? undefined : countOf(await predictNow(data.test));
          // Last, because a run that is stopped above goes on with the labels that the steps left.
          const passed = await labels.endOfEpoch(
            epoch,
            async () => (await predictNow(data.train)).probabilities,
          );
          // In the order of `epochMetrics`, in which a resumed run writes the earlier epochs.
          const line: EpochMetrics = {
            ...trained.metrics,
            relabelled: trained.metrics.relabelled + passed,
            validation: countOf(validation),
            test,
            imagesPerSecond: trained.imagesPerSecond,
          };
          labels.relabeller?.endEpoch(epoch, line.train.k / line.train.n);
          if (earlier.every((before) => before.validation.k < validation.k)) {
            bestWeights = weights;
          }
          return { steps: trained.steps, metrics: line, state };
        },
        endsEarly: (all) => endsEarly(settings, all),
        ledger: () => labels.toJsonLines(),
        history: () => labels.history(),
        best: () => bestWeights,
      },
      context,
    );

    const chosenWeights = bestWeights!; // of one epoch at least
    await run.write("validation-best.safetensors", encodeSafetensors(chosenWeights));
    await evaluation.writeState(withFrozen(classifier, chosenWeights));
    const chosen = await predictSubset(data.test, pause);
    await run.write("predictions.csv", predictionsCsv(data.classes, data.test, chosen));
    await run.write("labels.csv", labels.toCsv());
    await run.write("metrics.csv", metricsCsv(classifierCurves(metrics)));
    const lastWeights = evaluatedWeights(settings, classifier, await step.readState());
    await run.write("last.safetensors", encodeSafetensors(lastWeights));
    const predictLast = async (subset: Subset) => {
      await evaluation.writeState(withFrozen(classifier, lastWeights));
      return predictSubset(subset, pause);
    };
    if (heldOut) {
      const predictions = await predictLast(heldOut);
      await run.write("held-out.csv", heldOutCsv(data.classes, heldOut, predictions));
    }
    const result: ClassifierResult = {
      ...resultOf(training, run.id, metrics, {
        chosen,
        last: metrics.at(-1)!.test ?? (await predictLast(data.test)),
        parameters: countParameters(chosenWeights),
        engine: engineName(backend),
      }),
      relabel: labels.outcome(),
      madeBy: context.origin && (await madeByOf(run, context.origin)),
    };
    await run.finish(result);
    return result;
  } finally {
    await loader.close();
    await step.dispose();
    await evaluation.dispose();
  }
}

/** The steps of one epoch, or those that are left of it. */
async function trainSteps(
  { earlier, stepsBefore, partial }: EpochStart<EpochMetrics>,
  { config, data, title }: ClassifierTraining,
  { run, onStep }: TrainingContext<EpochMetrics>,
  {
    step,
    inputs,
    loader,
    labels,
    interruptions,
  }: {
    readonly step: Executable;
    readonly inputs: StepInputs;
    readonly loader: BatchLoader;
    readonly labels: TrainingLabels;
    readonly interruptions: Interruptions;
  },
) {
  const epoch = earlier.length + 1;
  const { augmentation, batchSize, sampler } = config.training;
  const { seed } = config;
  const K = config.model.classes;
  const schedule = scheduleOf(config.training);
  const { rows, labels: given } = data.train;
  const positions = positionsOf(data.train);
  const order = (
    sampler === "balanced"
      ? balancedOrder(given, seed, epoch)
      : shuffledOrder(rows.length, seed, epoch)
  ).map((i) => rows[i]!);
  const stepsPerEpoch = Math.ceil(rows.length / batchSize);
  const start = performance.now() - (partial?.milliseconds ?? 0);
  let batches = partial?.steps ?? 0;
  const zero = { seen: 0, right: 0, relabelled: 0, totalLoss: 0 };
  const sums = resumedSums(zero, partial);
  const rate = (batch: number) => schedule(epoch - 1 + batch / stepsPerEpoch);
  const samplesOf = ({ indices }: Batch) => indices.map((row) => positions[row]!);
  let fed = batches;
  const feedsOf = (batch: Batch) => ({
    ...inputs.feedsOf(
      batch,
      samplesOf(batch).map((sample) => labels.current[sample]!),
      { epoch, batch: fed },
    ),
    learningRate: Float32Array.of(rate(fed)),
    step: Float32Array.of(stepsBefore + (fed += 1)),
  });
  const batched = loader.epoch({ order, seed, epoch, augmentation, skip: batches });
  for await (const [batch, results, settled] of runEach(step, batched, feedsOf)) {
    const { count } = batch;
    const loss = results["loss"]!;
    const probabilities = inputs.bySample(results["probabilities"]!, count, {
      epoch,
      batch: batches,
    });
    const samples = samplesOf(batch);
    requireFinite(loss[0]!, {
      run: `run ${run.id} (${title})`,
      epoch,
      learningRate: rate(batches),
      advice: `Lower it with --set schedule.learningRate=..., or clip gradients with --set ${config.training.optimizer ?? "adamw"}.clipNorm=1.`,
    });
    for (let i = 0; i < count; i += 1) {
      const predicted = argmax(probabilities.subarray(i * K, (i + 1) * K));
      if (predicted === given[samples[i]!]) sums.right += 1;
    }
    sums.relabelled += labels.observe(epoch, samples.subarray(0, count), probabilities);
    sums.totalLoss += loss[0]! * count;
    batches += 1;
    sums.seen += count;
    onStep?.(epoch, sums.seen, rows.length);
    if (!settled) continue; // the state is ahead of what is summed up
    const milliseconds = performance.now() - start;
    const all = { ...listed(sums), ...labels.sums(epoch) };
    await interruptions.afterStep({ steps: batches, milliseconds, sums: all });
  }
  const { seen, right, relabelled, totalLoss } = sums;
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

/** The learning rate by epoch, which may be a fraction. */
export function scheduleOf({ schedule, epochs }: TrainingConfig): Schedule {
  const { kind, learningRate, gamma = 0.9, warmupEpochs } = schedule;
  const base = kind === "cosine" ? cosine(learningRate, epochs) : exponential(learningRate, gamma);
  return withWarmup(base, warmupEpochs);
}

/** From a row of the images to its place in the subset. */
function positionsOf({ images, rows }: Subset): Int32Array {
  const positions = new Int32Array(images.count).fill(-1);
  for (const [i, row] of rows.entries()) positions[row] = i;
  return positions;
}

const countOf = ({ k, n }: Count): Count => ({ k, n });

function resultOf(
  { config, title, pretrained }: ClassifierTraining,
  id: string,
  metrics: readonly EpochMetrics[],
  tested: {
    readonly chosen: Count;
    readonly last: Count;
    readonly parameters: number;
    readonly engine: string;
  },
): ClassifierResult {
  return {
    kind: "classifier",
    id,
    title,
    seed: config.seed,
    parameters: tested.parameters,
    start: pretrained?.lineage,
    engine: tested.engine,
    stopped: endsEarly(config.training, metrics),
    ...outcomeOf(metrics, tested),
  };
}
