/** @file `pnpm exp predict`: the expressions of images, by an exported model or a finished run. */
import { join, resolve } from "node:path";
import { CommandLineError, listFirst, percent, printable, UserError } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { explanationAbouts, explanationNames } from "@mvt/core";
import type { Mvt, Prediction } from "@mvt/core";
import { defaultMargin, defaultMinScore, type NumberedFace } from "@mvt/faces/portable";
import { findImages, readInParts } from "../../predict/images.ts";
import type { NamedImage, ReadImage } from "../../predict/images.ts";
import { boxesOverlay, readFaces } from "../../predict/faces.ts";
import { openRunModel } from "../../predict/model-of-run.ts";
import { openModel } from "../../predict/open-model.ts";
import { explanationOverlay, maskOverlay, requireExplanation } from "../../predict/overlay.ts";
import { predictionFacts, predictJson } from "../../predict/prediction-facts.ts";
import { formatPredictions, predictionFormat } from "../../predict/write-predictions.ts";
import type { PredictedImage } from "../../predict/write-predictions.ts";
import { faceOptions, requireFaces } from "../align-faces.ts";
import { defineCommand } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { jsonOption, writeJson } from "../json-output.ts";
import { say } from "../messages.ts";
import { classifierConfigOf } from "../evaluation-report.ts";
import { engineOptions, finishedRunOptions, output, runsOption } from "../options.ts";
import { findRun } from "../../runs/run-folder.ts";
import { requireWritable, requireWritableFile } from "../writable.ts";

const options = {
  model: { type: "string", describe: "a file of `pnpm exp export`" },
  run: {
    type: "string",
    suggest: "run",
    describe: "the beginning of a finished run's id, instead of --model",
  },
  runs: runsOption,
  weights: finishedRunOptions.weights,
  explain: {
    choices: explanationNames,
    describe: `which patches a prediction rests on, for --overlay, --json and --out; ${explanationNames.map((name) => `${name}: ${explanationAbouts[name]}`).join("; ")}; of runs, and of models that were exported with it`,
  },
  all: {
    type: "boolean",
    default: false,
    describe: "print the probability of every class, not of the most probable alone",
  },
  faces: {
    type: "boolean",
    default: false,
    describe: "find the faces in photographs and predict each; without it an image is one face",
  },
  ...faceOptions,
  out: {
    type: "string",
    group: output,
    describe: "write the predictions to this .jsonl or .csv file",
  },
  overlay: {
    type: "string",
    group: output,
    describe:
      "write a PNG per image into this folder: the image, what the mask leaves of it, and with --explain the relevance of its patches; with --faces also each photograph with its boxes",
  },
  threads: {
    ...engineOptions.threads,
    describe: "threads of the engine [default: one per core]",
  },
  ...jsonOption,
} as const;

const positionals = {
  images: {
    type: "string",
    array: true,
    demandOption: true,
    describe: "images, and folders of images",
  },
} as const;

type Args = ArgsOf<typeof options & typeof positionals>;

export default defineCommand({
  options,
  positionals,
  facts: { predict: predictJson },
  examples: [
    ["predict --model mvt.onnx face.jpg", "the most probable expression"],
    ["predict --model mvt.onnx faces/ --out predictions.csv", "a folder, as a table"],
    ["predict --model mvt.onnx --faces party.jpg", "every face of a photograph"],
    ["predict --model mvt.onnx face.jpg --overlay masks", "what the classifier saw"],
    [
      "predict --run 3f2a face.jpg --explain gradient --overlay why",
      "which patches speak for the predicted class",
    ],
  ],
  run,
});

async function run(args: Args): Promise<void> {
  const source = sourceOf(args);
  const format = args.out === undefined ? undefined : predictionFormat(args.out);
  requireFaces(args);
  const images = await findImages(args.images, (folder, names) => {
    const what = names.length === 1 ? "file that is no picture" : "files that are no pictures";
    say(`${folder}: left out ${names.length} ${what}: ${listFirst(names, 5)}`);
  });
  if (args.out !== undefined) await requireWritableFile("out", args.out);
  if (args.overlay !== undefined) await requireWritable("overlay", args.overlay);
  const mvt = await open(args);
  try {
    requireExplanation(mvt, args.explain, source);
    requireMask(mvt, args, source);
    const predicted: PredictedImage[] = [];
    const unreadable: Unreadable[] = [];
    const withoutFace: string[] = [];
    const onUnreadable = (image: string, reason: string) => {
      const finding = findingOf({ image, reason });
      unreadable.push({ image, reason });
      if (images.length > 1) process.stderr.write(`${printable(finding)}\n`);
    };
    const onNoFace = (image: string) => {
      withoutFace.push(image);
      if (!args.json) process.stdout.write(`${printable(image)}  no face\n`);
    };
    const parts = args.faces
      ? facesOf(images, mvt, args, { onUnreadable, onNoFace })
      : readInParts(images, onUnreadable);
    for await (const part of parts) {
      for (const [i, prediction] of (await predictPart(mvt, part, args, source)).entries()) {
        const { path, face } = part[i]!;
        const place = face && `face ${face.number} of ${face.of}, ${placeOf(face)}: `;
        const line = `${printable(path)}  ${place ?? ""}${describe(prediction, args.all)}\n`;
        if (!args.json) process.stdout.write(line);
        predicted.push({ ...prediction, path, ...(face && { face }) });
      }
    }
    const { classes } = mvt.description;
    if (args.json) {
      const facts = predicted.map((image) => predictionFacts(image, classes, args.explain));
      const faceless = args.faces ? { withoutFace } : {};
      writeJson(predictJson, { model: source, images: facts, ...faceless, unreadable });
    }
    const read = images.length - unreadable.length;
    if (args.out !== undefined && format !== undefined && read > 0) {
      await writeWhole(resolve(args.out), formatPredictions(predicted, classes, format, args));
      say(`wrote ${args.out}`);
    }
    requireAll(unreadable, images.length);
  } finally {
    await mvt.dispose();
  }
}

/** How the model is called: the file of --model, or "run 3f2a". Throws a CommandLineError for options that do not fit. */
function sourceOf({ model, run: id, weights, explain, overlay, json, out }: Args): string {
  if ((model === undefined) === (id === undefined)) {
    throw new CommandLineError(
      `predict: expected a file with --model or a run with --run, got ${model === undefined ? "neither" : "both"}. Name one of them.`,
    );
  }
  if (model !== undefined && weights !== finishedRunOptions.weights.default) {
    throw new CommandLineError(
      `--weights ${weights}: expected a run with --run, which has several, got a file. Leave it out.`,
    );
  }
  const shown = overlay !== undefined || json || out?.toLowerCase().endsWith(".jsonl");
  if (explain !== undefined && !shown) {
    throw new CommandLineError(
      `--explain ${explain}: expected --overlay, --json or an --out that ends in .jsonl, which show it, got none of them. Add one, or leave it out.`,
    );
  }
  return model ?? `run ${id}`;
}

async function open({ model, run: id, runs, weights, explain, threads }: Args): Promise<Mvt> {
  if (model !== undefined) return openModel(model, { threads });
  const folder = await findRun(runs, id!);
  const config = await classifierConfigOf(folder);
  const evaluation = { config, run: folder, runsFolder: runs, weights };
  return openRunModel(evaluation, { threads, explain: explain === undefined ? [] : [explain] });
}

async function predictPart(
  mvt: Mvt,
  images: readonly ReadImage[],
  { overlay: folder, explain }: Args,
  source: string,
): Promise<readonly Prediction[]> {
  const predictions = await mvt.predictAll(images.map(({ decoded }) => decoded));
  if (folder === undefined) return predictions;
  if (explain === undefined && mvt.description.mask === undefined) return predictions;
  for (const [i, prediction] of predictions.entries()) {
    const { decoded, stem } = images[i]!;
    const { description } = mvt;
    const png = explain
      ? await explanationOverlay(decoded, prediction, description, { explain, source })
      : await maskOverlay(decoded, prediction.mask!, description);
    await writeWhole(resolve(join(folder, `${stem}.png`)), png);
  }
  return predictions;
}

/** The faces of photographs, aligned to the model's size. With --overlay, writes each photograph with its boxes. */
async function* facesOf(
  images: readonly NamedImage[],
  { description }: Mvt,
  { margin, minScore, overlay: folder, threads }: Args,
  listeners: {
    readonly onUnreadable: (image: string, reason: string) => void;
    readonly onNoFace: (image: string) => void;
  },
): AsyncGenerator<readonly ReadImage[]> {
  // Loaded here, since images that are faces do without.
  const { openFaceFinder } = await import("@mvt/faces");
  const finder = openFaceFinder({ ...(threads && { threads }) });
  const crop = { size: description.preprocessing.imageSize, margin: margin ?? defaultMargin };
  try {
    yield* readFaces(
      images,
      finder,
      { crop, minScore: minScore ?? defaultMinScore },
      {
        onUnreadable: listeners.onUnreadable,
        onFaces: async ({ path, stem }, faces) => {
          if (faces.length === 0) listeners.onNoFace(path);
          if (folder === undefined) return;
          const png = await boxesOverlay(path, faces);
          await writeWhole(resolve(join(folder, `${stem}.png`)), png);
        },
      },
    );
  } finally {
    await finder.close();
  }
}

/** "142 x 187 pixels at 30,12" */
function placeOf({ box: { left, top, width, height } }: NumberedFace): string {
  const [w, h, x, y] = [width, height, left, top].map(Math.round);
  return `${w} x ${h} pixels at ${x},${y}`;
}

interface Unreadable {
  readonly image: string;
  readonly reason: string;
}

const findingOf = ({ image, reason }: Unreadable) =>
  `${image}: expected a readable image, found none (${reason})`;

/** Throws a UserError if some of `count` images could not be read. */
function requireAll(unreadable: readonly Unreadable[], count: number): void {
  const [first] = unreadable;
  if (first === undefined) return;
  const advice =
    "Put an intact file in its place, convert it if its format is another, or leave it out.";
  if (count === 1) throw new UserError(`${findingOf(first)}. ${advice}`);
  throw new UserError(
    `predict: expected ${count} readable images, found ${count - unreadable.length}; the others are named above. Put intact files in their place, convert those of other formats, or leave them out.`,
  );
}

function requireMask(
  { description }: Mvt,
  { faces, overlay: folder, explain }: Args,
  model: string,
): void {
  if (folder === undefined || faces || explain !== undefined || description.mask !== undefined)
    return;
  throw new UserError(
    `--overlay ${folder}: expected a model with a mask generator, but ${model} was trained without one. Leave --overlay out, add --explain, or export a run that has masks.`,
  );
}

function describe({ expression, probability, probabilities }: Prediction, all: boolean): string {
  if (!all) return `${expression} ${percent(probability)} %`;
  return Object.entries(probabilities)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, p]) => `${name} ${percent(p)} %`)
    .join(", ");
}
