/** @file `pnpm exp predict`: what an exported model says of pictures. */
import { join, resolve } from "node:path";
import type { Mvt, Prediction } from "@mvt/core";
import type { Argv } from "yargs";
import { findImages } from "../../predict/find-images.ts";
import type { NamedImage } from "../../predict/find-images.ts";
import { openModel } from "../../predict/open-model.ts";
import { overlay } from "../../predict/overlay.ts";
import { readPicture } from "../../predict/read-picture.ts";
import { formatPredictions, predictionFormat } from "../../predict/write-predictions.ts";
import type { PredictedImage } from "../../predict/write-predictions.ts";
import { writeAtomically } from "../../runs/atomic-write.ts";
import { UsageError } from "../../usage-error.ts";
import { requirePositive, runOptions } from "../options.ts";
import { requireWritable, requireWritableFile } from "../writable.ts";

export function builder(cli: Argv) {
  const { threads } = runOptions;
  return cli
    .positional("images", {
      type: "string",
      array: true,
      demandOption: true,
      describe: "pictures, and folders of pictures",
    })
    .options({
      model: { type: "string", demandOption: true, describe: "a file of `pnpm exp export`" },
      all: {
        type: "boolean",
        default: false,
        describe: "print the probability of every class, not of the first alone",
      },
      out: { type: "string", describe: "write the predictions to this .jsonl or .csv file" },
      overlay: {
        type: "string",
        describe: "write a PNG per picture into this folder: beside it, what the mask leaves of it",
      },
      threads: { ...threads, describe: "threads of the engine [default: one per core]" },
    })
    .example("$0 predict --model mvt.onnx face.jpg", "the most probable expression")
    .example("$0 predict --model mvt.onnx faces/ --out answers.csv", "a folder, as a table")
    .example("$0 predict --model mvt.onnx face.jpg --overlay masks", "what the classifier saw");
}

type Args = Awaited<ReturnType<typeof builder>["argv"]>;

/** Pictures that are in memory at once. */
const chunk = 32;

export async function run(args: Args): Promise<void> {
  requirePositive("threads", args.threads);
  const format = args.out === undefined ? undefined : predictionFormat(args.out);
  const images = await findImages(args.images);
  if (args.out !== undefined) await requireWritableFile("out", args.out);
  if (args.overlay !== undefined) await requireWritable("overlay", args.overlay);
  const mvt = await openModel(
    args.model,
    args.threads === undefined ? {} : { threads: args.threads },
  );
  try {
    requireMask(mvt, args);
    const predicted: PredictedImage[] = [];
    for (let start = 0; start < images.length; start += chunk) {
      const part = images.slice(start, start + chunk);
      for (const [i, prediction] of (await predictPart(mvt, part, args.overlay)).entries()) {
        const { path } = part[i]!;
        process.stdout.write(`${path}  ${describe(prediction, args.all)}\n`);
        predicted.push({ ...prediction, path });
      }
    }
    if (args.out !== undefined && format !== undefined) {
      const { classes } = mvt.description;
      await writeAtomically(resolve(args.out), formatPredictions(predicted, classes, format));
      process.stdout.write(`wrote ${args.out}\n`);
    }
  } finally {
    await mvt.dispose();
  }
}

async function predictPart(
  mvt: Mvt,
  images: readonly NamedImage[],
  folder: string | undefined,
): Promise<readonly Prediction[]> {
  const pictures = [];
  for (const { path } of images) pictures.push(await readPicture(path));
  const predictions = await mvt.predictAll(pictures);
  if (folder === undefined) return predictions;
  for (const [i, { mask }] of predictions.entries()) {
    const png = await overlay(pictures[i]!, mask!, mvt.description);
    await writeAtomically(resolve(join(folder, `${images[i]!.stem}.png`)), png);
  }
  return predictions;
}

function requireMask({ description }: Mvt, { overlay: folder, model }: Args): void {
  if (folder === undefined || description.mask !== undefined) return;
  throw new UsageError(
    `--overlay ${folder}: expected a model with a mask generator, but ${model} was trained without one. Leave --overlay out, or export a run that has masks.`,
  );
}

function describe({ expression, probability, probabilities }: Prediction, all: boolean): string {
  const percent = (p: number) => `${(100 * p).toFixed(1)} %`;
  if (!all) return `${expression} ${percent(probability)}`;
  return Object.entries(probabilities)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, p]) => `${name} ${percent(p)}`)
    .join(", ");
}
