/** @file `pnpm exp data check --run ID`: checks the order of a data set's classes by a run's model. */
import { resolve } from "node:path";
import { percent, UserError } from "@mvt/common";
import { chooseStorage, fingerprint, openImages } from "@mvt/datasets";
import type { Dataset, ImageStorage } from "@mvt/datasets";
import type { LabelledPredictions } from "@mvt/report";
import { checkClassOrder } from "../evaluation/class-order.ts";
import type { ClassOrder } from "../evaluation/class-order.ts";
import { openRequested } from "../engine/engine.ts";
import type { EngineRequest } from "../engine/engine.ts";
import { findRun } from "../runs/run-folder.ts";
import { evaluateRun } from "../training/evaluate-run.ts";
import { readPredictions } from "../runs/predictions.ts";
import { classifierConfigOf } from "./evaluation-report.ts";
import { createProgress } from "./progress.ts";

export interface JudgedOrder extends ClassOrder {
  readonly run: string;
  /** Where the predictions are from. */
  readonly source: "predictions.csv" | "the model";
}

/** Judges by the predictions that the run stored, if it was trained on these very data; else its model predicts. */
export async function orderOfClasses(
  dataset: Dataset,
  prefix: string,
  request: EngineRequest & { readonly runs: string; readonly images?: ImageStorage },
): Promise<JudgedOrder> {
  const run = await findRun(request.runs, prefix);
  const config = await classifierConfigOf(run);
  const stored = await readPredictions(run);
  if (config.data.fingerprint === (await fingerprint(dataset))) {
    return { ...checkClassOrder(stored), run: run.id, source: "predictions.csv" };
  }
  const classes: readonly string[] = stored.classes;
  const samples = dataset.splits.test.filter(({ expression }) => classes.includes(expression));
  if (samples.length === 0) {
    throw new UserError(
      `run ${run.id}: expected classes that ${dataset.title} has, got ${classes.join(", ")}. Name a run that was trained on such expressions.`,
    );
  }
  const { imageSize } = config.model;
  const progress = createProgress();
  const storage = request.images ?? chooseStorage(samples.length, imageSize);
  const images = await openImages(samples, storage, {
    size: imageSize,
    cacheFolder: resolve(".cache/images"),
    onProgress: (done, total) => progress.onDecode(dataset.title, done, total),
    onNotice: progress.onNotice,
  });
  progress.end();
  const subset = {
    images,
    rows: Int32Array.from(samples.keys()),
    ids: samples.map(({ id }) => id),
    labels: Int32Array.from(samples, ({ expression }) => classes.indexOf(expression)),
  };
  const { predicted } = await evaluateRun(
    { config, run, runsFolder: request.runs, weights: "validation-best" },
    subset,
    await openRequested(request),
  );
  const predictions: LabelledPredictions = { classes, labels: subset.labels, predicted };
  return { ...checkClassOrder(predictions), run: run.id, source: "the model" };
}

/** Like the rows of the check, then a sentence for each class that seems to have another one's label. */
export function describeOrder(order: JudgedOrder): readonly string[] {
  const { run, source, renamed, recall, renamedRecall, right, renamedRight, images } = order;
  const wrong = renamed.length > 0;
  const row = `${"classes in a wrong order".padEnd(40)} ${String(renamed.length).padStart(8)}`;
  const by = `run ${run}, ${source}: ${right} of ${images} test images right, mean recall ${percent(recall)} %`;
  if (!wrong && order.telling) return [`${row}  ok  (${by})`];
  if (!wrong) return [`${row}  not applicable  (${by}: too few to tell; name a better run)`];
  return [
    `${row}  differs  (${by})`,
    ...renamed.map(({ files, model }) => `  the files say ${files} where the model sees ${model}`),
    `  with these classes renamed: ${renamedRight} of ${images} right, mean recall ${percent(renamedRecall)} %. Probably the labels were read in the order of another data set`,
  ];
}
