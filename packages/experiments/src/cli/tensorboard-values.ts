/** @file What TensorBoard shows of a run: its curves, its weights and scores as histograms, its confusion matrix. */
import { confusionMatrix, svgToPng } from "@mvt/report";
import { figure6 } from "@mvt/report/figures/figure6";
import { histogramOf, imageOf } from "@mvt/report/tensorboard";
import type { TaggedValue } from "@mvt/report/tensorboard";
import { UserError } from "@mvt/common";
import type { Weights } from "@mvt/core";
import { datasets } from "@mvt/datasets";
import { rankingScoreNames, rankingScores } from "@mvt/relabel";
import type { Curve } from "../runs/measures.ts";
import { readMgn } from "../runs/mgn-file.ts";
import { readPredictions } from "../runs/predictions.ts";
import { parseLabels } from "../runs/read-labels.ts";
import type { ClassifierResult } from "../runs/result.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { readWeights } from "../training/evaluate-run.ts";
import type { ChosenRun } from "./chosen-runs.ts";

/**
 * All values of a run; a step is an epoch. Of an unfinished run these are its curves so far. Throws a UserError if a file
 * is damaged.
 */
export async function valuesOf({
  run,
  config,
  curves,
}: ChosenRun): Promise<readonly TaggedValue[]> {
  const scalars = curves.flatMap(scalarsOf);
  const result = await run.result();
  if (result === undefined) return scalars;
  if (result.kind === "mgn") {
    const { weights } = await readMgn(run, config.data.dataset, config.model);
    return [...scalars, ...histogramsOf(run, weights, result.epochs)];
  }
  return [
    ...scalars,
    ...(await classifierWeights(run, result)),
    ...(await scoresOf(run, result)),
    ...(await confusionOf(run, result, config)),
  ];
}

const scalarsOf = ({ tag, values }: Curve): readonly TaggedValue[] =>
  values.flatMap((value, i) =>
    value === undefined ? [] : [{ tag, step: i + 1, kind: "scalar", value }],
  );

/** Of the epoch that was best on validation images and of the last one; once if these are the same. */
async function classifierWeights(
  run: RunFolder,
  { validation, last }: ClassifierResult,
): Promise<readonly TaggedValue[]> {
  const atEnd = histogramsOf(run, await readWeights(run, "last.safetensors"), last.epoch);
  if (validation.epoch === last.epoch) return atEnd;
  const best = await readWeights(run, "validation-best.safetensors");
  return [...histogramsOf(run, best, validation.epoch), ...atEnd];
}

function histogramsOf(run: RunFolder, weights: Weights, step: number): readonly TaggedValue[] {
  return [...weights].map(([name, { data }]) => {
    if (!data.every(Number.isFinite)) {
      throw new UserError(
        `run ${run.id}: expected finite weights, found some in ${name} that are no numbers. Remove the run's folder to train it again.`,
      );
    }
    return { tag: `weights/${name}`, step, kind: "histogram", histogram: histogramOf(data) };
  });
}

/** The scores of labels.csv; runs of early versions have none. */
async function scoresOf(
  run: RunFolder,
  { last }: ClassifierResult,
): Promise<readonly TaggedValue[]> {
  const csv = await run.read("labels.csv");
  if (csv === undefined) return [];
  const lines = parseLabels(csv.toString("utf8"), run.path("labels.csv"));
  return rankingScoreNames.flatMap((name): readonly TaggedValue[] => {
    const scores = lines.map((line) => line.scores[name]).filter((score) => score !== undefined);
    if (scores.length === 0) return []; // no image was drawn
    const tag = `scores/${rankingScores[name].column}`;
    return [{ tag, step: last.epoch, kind: "histogram", histogram: histogramOf(scores) }];
  });
}

/** On test images, with the weights of the epoch chosen on validation images, as predictions.csv is. */
async function confusionOf(
  run: RunFolder,
  { validation }: ClassifierResult,
  { data }: RunConfig,
): Promise<readonly TaggedValue[]> {
  const predictions = await readPredictions(run);
  const dataset = datasets[data.dataset].title;
  const matrix = { dataset, classes: predictions.classes, counts: confusionMatrix(predictions) };
  const synthetic = data.kind === "synthetic";
  const png = await svgToPng(await figure6.draw([matrix], { synthetic, title: confusionTitle }));
  const { epoch: step } = validation;
  return [{ tag: "confusion/test", step, kind: "image", image: imageOf(png) }];
}

const confusionTitle = "Confusion matrix on test images";
