/** @file Predictions for a subset of images, and predictions.csv, in which a run keeps those of its test images. */
import { stringify } from "csv-stringify/sync";
import { UserError } from "@mvt/common";
import type { Count, LabelledPredictions } from "@mvt/report";
import type { Subset } from "../data/prepared.ts";
import { damaged, readRecords } from "./csv-table.ts";
import { missingFile } from "./run-folder.ts";
import type { RunFolder } from "./run-folder.ts";

export interface Predictions extends Count {
  /** [n] the class with the highest probability; the first of equals. */
  readonly predicted: Int32Array;
  /** [n, K] */
  readonly probabilities: Float32Array;
  /** [n, N] masks as they were applied; only of a classifier with masks. */
  readonly masks?: Float32Array;
  /** [n, D] what goes into the head, where it was asked for. */
  readonly features?: Float32Array;
}

/** Columns: id, label, predicted (by name), and the probability of each class to 6 digits. */
export function predictionsCsv(
  classes: readonly string[],
  { ids, labels }: Subset,
  { predicted, probabilities }: Predictions,
): string {
  const K = classes.length;
  const rows = ids.map((id, i) => [
    id,
    classes[labels[i]!]!,
    classes[predicted[i]!]!,
    ...Array.from(probabilities.subarray(i * K, (i + 1) * K), (p) => p.toFixed(6)),
  ]);
  return stringify([[...leading, ...classes], ...rows]);
}

const leading = ["id", "label", "predicted"];

/** Predictions with the ids of their images. */
export interface NamedPredictions extends LabelledPredictions {
  /** [n] sample ids, each once. */
  readonly ids: readonly string[];
}

/**
 * Reads the predictions of a finished run for its test images, made with the validation-best weights. Throws a UserError if
 * they are not those that its result counts.
 */
export async function readPredictions(run: RunFolder): Promise<NamedPredictions> {
  return requireCounted(run, predictionsIn(await readStored(run), pathOf(run)));
}

/** The same, with the probabilities [n, K] of the same file, to 6 digits. */
export async function readProbabilities(
  run: RunFolder,
): Promise<NamedPredictions & Pick<Predictions, "probabilities">> {
  const records = await readStored(run);
  const predictions = await requireCounted(run, predictionsIn(records, pathOf(run)));
  const cells = records.slice(1).flatMap((row) => row.slice(leading.length));
  return { ...predictions, probabilities: Float32Array.from(cells, Number) };
}

const pathOf = (run: RunFolder) => run.path("predictions.csv");

const recordsOf = (csv: string, path: string) => readRecords(csv, path, "the predictions of a run");

async function readStored(run: RunFolder): Promise<Records> {
  const csv = await run.read("predictions.csv");
  if (csv === undefined) throw await missingFile(run, "predictions.csv");
  return recordsOf(csv.toString("utf8"), pathOf(run));
}

async function requireCounted(
  run: RunFolder,
  predictions: NamedPredictions,
): Promise<NamedPredictions> {
  const result = await run.result();
  if (result?.kind !== "classifier") return predictions;
  const { k, n } = result.validation;
  const { labels, predicted } = predictions;
  const right = predicted.filter((label, i) => label === labels[i]).length;
  if (right === k && predicted.length === n) return predictions;
  throw new UserError(
    `${pathOf(run)}: expected ${k} of ${n} right predictions, as result.json says, found ${right} of ${predicted.length}. Mend the run with \`pnpm exp runs repair ${run.id}\`.`,
  );
}

/** `path` names the file in errors. */
export function parsePredictions(csv: string, path: string): NamedPredictions {
  return predictionsIn(recordsOf(csv, path), path);
}

type Records = ReturnType<typeof readRecords>;

function predictionsIn([header = [], ...rows]: Records, path: string): NamedPredictions {
  const classes = header.slice(leading.length);
  const different = new Set(classes).size;
  if (
    header.slice(0, leading.length).join() !== leading.join() ||
    different === 0 ||
    different < classes.length
  ) {
    throw damaged(
      `${path}:1`,
      `the columns ${leading.join(", ")} and one per class`,
      header.join(),
    );
  }
  const ids = new Set<string>();
  const indexOf = (name: string, line: number) => {
    const index = classes.indexOf(name);
    if (index === -1)
      throw damaged(`${path}:${line}`, `a class out of ${classes.join(", ")}`, name);
    return index;
  };
  const [labels, predicted] = [new Int32Array(rows.length), new Int32Array(rows.length)];
  for (const [i, [id = "", label = "", named = ""]] of rows.entries()) {
    const line = i + 2;
    if (ids.has(id)) throw damaged(`${path}:${line}`, "every image once", `${id} again`);
    ids.add(id);
    labels[i] = indexOf(label, line);
    predicted[i] = indexOf(named, line);
  }
  if (rows.length === 0) throw damaged(`${path}:2`, "a line per image", "none");
  return { classes, ids: [...ids], labels, predicted };
}
