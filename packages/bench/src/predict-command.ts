/** @file `pnpm exp bench predict`: latency and throughput of an exported model, next to PyTorch's with --python. */
import { availableParallelism } from "node:os";
import { CommandLineError, UserError } from "@mvt/common";
import { deit } from "@mvt/core";
import type { ModelDescription } from "@mvt/core";
import { openModel } from "@mvt/experiments";
import { wholeFrom, writeJson } from "@mvt/experiments/cli";
import { z } from "zod";
import { benchPredictJson, engineFacts } from "./bench-facts.ts";
import { openTorchPredictor } from "./processes/pytorch.ts";
import { predictorOf, timePredictions, untrainedModel } from "./workloads/prediction.ts";
import type { PredictionTimes } from "./workloads/prediction.ts";

/** The options that only `bench predict` reads. */
export const predictOptions = {
  model: {
    type: "string",
    describe: "a file of `pnpm exp export` [default: an untrained DeiT]",
  },
  images: {
    type: "number",
    default: 256,
    check: wholeFrom(1),
    describe: "images whose throughput is timed, in batches of 32",
  },
} as const;

interface Args {
  readonly variant?: deit.Variant;
  readonly model?: string;
  readonly images: number;
  readonly threads?: number;
  /** At most one Python with torch. */
  readonly python: readonly string[];
  readonly json: boolean;
}

export async function benchPredict(args: Args): Promise<void> {
  const { variant = "S/16", images, threads = availableParallelism() } = args;
  const [python, ...others] = args.python;
  if (others.length > 0) {
    throw new CommandLineError(
      `--python: expected one Python for predict, got ${args.python.length}`,
      { advice: "Leave out all but one." },
    );
  }
  const mvt =
    args.model === undefined
      ? await untrainedModel({ ...deit.variants[variant], classes: 7 }, { threads })
      : await openModel(args.model, { threads });
  const { preprocessing, precision, mask } = mvt.description;
  const { imageSize: S } = preprocessing;
  const title = args.model ?? `DeiT ${variant}, untrained`;
  const header = `${title}: ${S} x ${S}, ${precision}${mask ? ", with masks" : ""}, CPU, ${threads} threads`;
  try {
    const pytorch =
      python === undefined
        ? undefined
        : await openTorchPredictor(python, sizesOf(mvt.description, title), threads);
    const predictors = [predictorOf(mvt), ...(pytorch ? [pytorch.predictor] : [])];
    const [ours, theirs] = await timePredictions(predictors, images).finally(() =>
      pytorch?.close(),
    );
    if (args.json) {
      const engines = [
        engineFacts("mvt", ours!),
        ...(pytorch ? [engineFacts(pytorch.name, theirs!)] : []),
      ];
      const masks = mask !== undefined;
      const about = { title, imageSize: S, precision, masks, threads, images };
      return writeJson(benchPredictJson, { ...about, engines });
    }
    const lines = pytorch
      ? linesWithPyTorch(ours!, theirs!, pytorch.name)
      : timeLines(ours!, images);
    process.stdout.write(`${[header, ...lines].join("\n")}\n`);
  } finally {
    await mvt.dispose();
  }

  function linesWithPyTorch(
    ours: PredictionTimes,
    theirs: PredictionTimes,
    name: string,
  ): readonly string[] {
    const latency = theirs.latency.median / ours.latency.median;
    const throughput = ours.throughput / theirs.throughput;
    return [
      `${latency.toFixed(2)} times as fast as PyTorch for one image, ${throughput.toFixed(2)} times for ${images} images`,
      ...timeLines(ours, images),
      `${name}, eager, float32, ${threads} threads, untrained:`,
      ...timeLines(theirs, images),
    ];
  }
}

function timeLines({ latency, throughput }: PredictionTimes, images: number): readonly string[] {
  const ms = (seconds: number) => `${(1000 * seconds).toFixed(1)} ms`;
  return [
    `one image  ${ms(latency.median)} median (fastest ${ms(latency.least)}, slowest ${ms(latency.most)})`,
    `${images} images  ${throughput.toFixed(1)} images/s`,
  ];
}

const size = z.int().positive();
const sizesInFile = z.object({
  imageSize: size,
  patchSize: size,
  width: size,
  depth: size,
  heads: size,
  mlpRatio: size,
  classes: size,
});

/** The sizes that an exported file names. The program for PyTorch has no mask generator: a model with masks is refused. */
function sizesOf({ about, mask }: ModelDescription, source: string): deit.VitConfig {
  const sizes = sizesInFile.safeParse(about["model"]);
  if (sizes.success && mask === undefined) return sizes.data;
  throw new UserError(
    `--python: expected a classifier without masks that names its sizes, but ${source} ${mask ? "has a mask generator" : "does not"}`,
    { advice: "Leave --model out, or export a run without masks." },
  );
}
