/** @file Training a mask generation network: per batch one step of the discriminator and one of the generator. */
import { cosine, createOptimizer, deit, random } from "@mvt/core";
import type { Weights } from "@mvt/core";
import { createBatchLoader, shuffledOrder } from "@mvt/datasets";
import type { BatchLoader } from "@mvt/datasets";
import {
  alternatingMgn,
  collapse,
  declareMgn,
  discriminatorScope,
  encodeMgn,
  generatorConfig,
  generatorFromClassifier,
  generatorScope,
  intoScope,
  monitorMgn,
  outOfScope,
  passesPerImage,
  randomMask,
} from "@mvt/mgn";
import type { AlternatingMgn, MgnStatistics } from "@mvt/mgn";
import type { MgnConfig } from "../settings/run-config.ts";
import type { TrainingData } from "../data/prepared.ts";
import { engineName } from "../engine/engine.ts";
import { mgnCurves } from "../runs/measures.ts";
import { metricsCsv } from "../runs/metrics-csv.ts";
import { madeByOf } from "../runs/origin.ts";
import { mgnMetrics } from "../runs/result.ts";
import type { MgnMetrics, MgnResult } from "../runs/result.ts";
import { requireFinite, trainEpochs } from "./epoch-loop.ts";
import { microBatchCount } from "./micro-batches.ts";
import type { EpochStart, Interruptions, TrainingContext } from "./epoch-loop.ts";

export interface MgnTraining {
  readonly config: MgnConfig;
  /** "RAF-DB, MGN m = 0.15, seed 0" */
  readonly title: string;
  readonly data: TrainingData;
  /** The weights of the classifier that config.start names. */
  readonly start: { readonly weights: Weights; readonly source: string };
}

/** Trains the generator, or what is left of its training, and writes its folder. */
export async function trainMgn(
  training: MgnTraining,
  context: TrainingContext<MgnMetrics>,
): Promise<MgnResult> {
  const { config, title, data } = training;
  const { backend, run } = context;
  const { batchSize, lambda, saturation = 0, polarity, space, epochs } = config.training;
  await run.write("config.json", `${JSON.stringify(config, null, 2)}\n`);
  const generator = generatorConfig(config.model, config.m);
  const optimizer = createOptimizer(config.training);
  const partsOf = (side: keyof typeof passesPerImage) =>
    microBatchCount(backend, config.model, { batchSize, passes: passesPerImage[side] });
  const networks = declareMgn(generator, config.model);
  const sides = await alternatingMgn(backend, networks, {
    batchSize,
    discriminator: { optimizer, microBatches: partsOf("discriminator") },
    generator: {
      optimizer,
      microBatches: partsOf("generator"),
      loss: { lambda, saturation },
    },
    polarity,
    space,
  });
  const loader = createBatchLoader(data.train.images, {
    batchSize,
    threads: context.loaderThreads,
  });
  try {
    const { metrics } = await trainEpochs(
      {
        line: mgnMetrics,
        parameters: Object.values(networks).flatMap(({ parameters }) => parameters),
        epochs,
        async start(checkpoint) {
          await sides.writeState(checkpoint?.state ?? startingState(training));
        },
        readState: () => sides.readState(),
        async trainEpoch(from, interruptions) {
          const parts = { sides, loader, interruptions };
          const trained = await trainSteps(from, training, context, parts);
          return { ...trained, state: await sides.readState() };
        },
      },
      context,
    );
    await run.write("metrics.csv", metricsCsv(mgnCurves(metrics)));
    const { imagesPerSecond: _, ...last } = metrics.at(-1)!;
    await run.write(
      "mgn.safetensors",
      encodeMgn({
        config: generator,
        weights: outOfScope(generatorScope, await sides.readState()),
        dataset: config.data.dataset,
        polarity,
        space,
        provenance: {
          run: run.id,
          data: config.data,
          seed: config.seed,
          start: `run ${config.start.run}, validation-best`, // no path: the same bytes in every folder
          last,
        },
      }),
    );
    const { seed, m } = config;
    const result: MgnResult = {
      kind: "mgn",
      id: run.id,
      title,
      seed,
      epochs,
      engine: engineName(backend),
      m,
      last,
      madeBy: context.origin && (await madeByOf(run, context.origin)),
    };
    await run.finish(result);
    return result;
  } finally {
    await loader.close();
    await sides.dispose();
  }
}

/** The discriminator starts as the trained classifier, the generator as its first blocks. */
function startingState({ config, start }: MgnTraining): Weights {
  const generator = generatorFromClassifier(
    start.weights,
    generatorConfig(config.model, config.m),
    {
      seed: config.seed,
      source: start.source,
    },
  );
  return new Map([
    ...intoScope(discriminatorScope, start.weights),
    ...intoScope(generatorScope, generator.weights),
  ]);
}

/** The steps of one epoch, or those left of it: per batch one of the discriminator, then one of the generator. */
async function trainSteps(
  { earlier, stepsBefore, partial }: EpochStart<MgnMetrics>,
  { config, data, title }: MgnTraining,
  { run, onStep }: TrainingContext<MgnMetrics>,
  {
    sides,
    loader,
    interruptions,
  }: {
    readonly sides: AlternatingMgn;
    readonly loader: BatchLoader;
    readonly interruptions: Interruptions;
  },
) {
  const epoch = earlier.length + 1;
  const { seed, m, model, training } = config;
  const { rows, labels, images } = data.train;
  const N = deit.patchCount(model);
  const labelOf = new Int32Array(images.count);
  for (const [i, row] of rows.entries()) labelOf[row] = labels[i]!;
  const order = shuffledOrder(rows.length, seed, epoch).map((i) => rows[i]!);
  const monitor = monitorMgn({ patches: N, classes: model.classes, m });
  if (partial) monitor.resume(partial.sums);
  const { augmentation, batchSize, learningRate, randomShare: count = "exact" } = training;
  const here = {
    run: `run ${run.id} (${title})`,
    epoch,
    advice:
      "Lower them with --set mgn.learningRate.discriminator=... and --set mgn.learningRate.generator=....",
  };
  const start = performance.now() - (partial?.milliseconds ?? 0);
  let batches = partial?.steps ?? 0;
  let seen = Math.min(batches * batchSize, rows.length);
  const stepsPerEpoch = Math.ceil(rows.length / batchSize);
  const rateAt = (rate: number) =>
    Float32Array.of(
      training.decay === "cosine"
        ? cosine(rate, training.epochs)(epoch - 1 + batches / stepsPerEpoch)
        : rate,
    );
  for await (const batch of loader.epoch({ order, seed, epoch, augmentation, skip: batches })) {
    const batchLabels = batch.indices.map((row) => labelOf[row]!);
    const step = Float32Array.of(stepsBefore + batches + 1);
    const stream = random.stream(seed, `random-mask/${stepsBefore + batches + 1}`);
    const feeds = { images: batch.images, labels: batchLabels, weights: batch.weights, step };
    const discriminator = await sides.discriminatorStep({
      ...feeds,
      randomMask: randomMask(stream, { images: batchSize, patches: N, m, count }),
      learningRate: rateAt(learningRate.discriminator),
    });
    requireFinite(discriminator["LD"]![0]!, { ...here, learningRate: learningRate.discriminator });
    monitor.discriminator(discriminator, batchLabels, batch.weights);
    const generator = await sides.generatorStep({
      ...feeds,
      learningRate: rateAt(learningRate.generator),
    });
    requireFinite(generator["LG"]![0]!, { ...here, learningRate: learningRate.generator });
    monitor.generator(generator, batch.weights);
    batches += 1;
    seen += batch.count;
    onStep?.(epoch, seen, rows.length);
    const milliseconds = performance.now() - start;
    await interruptions.afterStep({ steps: batches, milliseconds, sums: monitor.sums() });
  }
  const imagesPerSecond = Math.round((1000 * seen) / (performance.now() - start));
  const statistics = monitor.statistics();
  const warnings = collapse(statistics, { m, classes: model.classes });
  return {
    steps: batches,
    metrics: { epoch, ...flat(statistics), collapse: [...warnings], imagesPerSecond },
  };
}

/** The statistics in the order of `mgnMetrics`, which a resumed run writes the earlier epochs in. */
function flat({ LD, LG, variance, area, accuracyGm, accuracyRm, masks }: MgnStatistics) {
  const { meanArea, spread, bimodality, positionShare } = masks;
  const losses = { LD, LG, variance, area, accuracyGm, accuracyRm };
  return { ...losses, meanArea, spread, bimodality, positionShare };
}
