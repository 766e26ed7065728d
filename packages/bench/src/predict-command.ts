/** @file `pnpm exp bench predict`: how fast an exported model answers, beside PyTorch where that is installed. */
import { availableParallelism } from "node:os";
import { deit } from "@mvt/core";
import type { ModelDescription } from "@mvt/core";
import { z } from "zod";
import { predictorOf, timePredictions, untrainedModel } from "../../bench/prediction.ts";
import type { PredictionTimes } from "../../bench/prediction.ts";
import { startPyTorch } from "../../bench/pytorch.ts";
import { openModel } from "../../predict/open-model.ts";
import { CommandLineError, UsageError } from "../../usage-error.ts";
import { requirePositive } from "../options.ts";

export const predictOptions = {
  model: {
    type: "string",
    describe: "of predict: a file of `pnpm exp export` [default: an untrained DeiT]",
  },
  images: { type: "number", default: 256, describe: "of predict: pictures in batches of 32" },
} as const;

interface Args {
  readonly variant?: deit.Variant | undefined;
  readonly model?: string | undefined;
  readonly images: number;
  readonly threads?: number | undefined;
  /** A Python with torch, which answers in turn with the same model. */
  readonly python: readonly string[];
}

export async function benchPredict(args: Args): Promise<void> {
  requirePositive("images", args.images);
  requirePositive("threads", args.threads);
  const { variant = "S/16" } = args;
  const [python, ...others] = args.python;
  if (others.length > 0) {
    throw new CommandLineError(
      `--python: expected one Python for predict, got ${args.python.length}. Leave out all but one.`,
    );
  }
  const threads = args.threads ?? availableParallelism();
  const mvt =
    args.model === undefined
      ? await untrainedModel({ ...deit.variants[variant], classes: 7 }, { threads })
      : await openModel(args.model, { threads });
  const { preprocessing, precision, mask } = mvt.description;
  const { imageSize: S } = preprocessing;
  const title = args.model ?? `DeiT ${variant}, untrained`;
  const header = `${title}: ${S} x ${S}, ${precision}${mask ? ", with masks" : ""}, CPU, ${threads} threads`;
  try {
    const lines =
      python === undefined
        ? timeLines((await timePredictions([predictorOf(mvt)], args.images))[0]!, args.images)
        : await besidePyTorch(python);
    process.stdout.write(`${[header, ...lines].join("\n")}\n`);
  } finally {
    await mvt.dispose();
  }

  async function besidePyTorch(path: string): Promise<readonly string[]> {
    const sizes = sizesOf(mvt.description, title);
    const pytorch = await startPyTorch(path, sizes, threads);
    try {
      const predictors = [predictorOf(mvt), pytorch.predictor];
      const [ours, theirs] = await timePredictions(predictors, args.images);
      const latency = theirs!.latency.median / ours!.latency.median;
      const throughput = ours!.throughput / theirs!.throughput;
      return [
        `${latency.toFixed(2)} times as fast as PyTorch for one picture, ${throughput.toFixed(2)} times for ${args.images} pictures`,
        ...timeLines(ours!, args.images),
        `${pytorch.name}, eager, float32, ${threads} threads, with weights of its own:`,
        ...timeLines(theirs!, args.images),
      ];
    } finally {
      await pytorch.close();
    }
  }
}

function timeLines({ latency, throughput }: PredictionTimes, images: number): readonly string[] {
  const ms = (seconds: number) => `${(1000 * seconds).toFixed(1)} ms`;
  return [
    `one picture  ${ms(latency.median)} median (fastest ${ms(latency.least)}, slowest ${ms(latency.most)})`,
    `${images} pictures  ${throughput.toFixed(1)} images/s`,
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

/** The sizes that an export writes. PyTorch's side has no mask generator, and one half would be no comparison. */
function sizesOf({ about, mask }: ModelDescription, source: string): deit.VitConfig {
  const sizes = sizesInFile.safeParse(about["model"]);
  if (sizes.success && mask === undefined) return sizes.data;
  throw new UsageError(
    `--python: expected a classifier without masks that names its sizes, but ${source} ${mask ? "has a mask generator" : "does not"}. Leave --model out, or export a run without masks.`,
  );
}
