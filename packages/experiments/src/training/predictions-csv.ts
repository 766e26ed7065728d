/** @file predictions.csv: one line per image, for analyses that come later. */
import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { LabelledPredictions } from "@mvt/report";
import type { Subset } from "../data/prepared.ts";
import type { RunFolder } from "../runs/store.ts";
import { UsageError } from "../usage-error.ts";
import type { Predictions } from "./evaluation.ts";

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

/** LabelledPredictions whose images are known by id. */
export interface NamedAnswers extends LabelledPredictions {
  /** [n] sample ids, each once. */
  readonly ids: readonly string[];
}

/** The answers of a finished run for its test images, with the validation-chosen weights. */
export async function readPredictions(run: RunFolder): Promise<NamedAnswers> {
  const csv = await run.read("predictions.csv");
  if (csv === undefined) {
    throw new UsageError(
      `run ${run.id}: expected predictions.csv, found none, since the run is not finished. Repeat the command that began it.`,
    );
  }
  return parsePredictions(csv.toString("utf8"), run.path("predictions.csv"));
}

/** `path` names the file in errors. */
export function parsePredictions(csv: string, path: string): NamedAnswers {
  const [header = [], ...rows] = records(csv, path);
  const classes = header.slice(leading.length);
  if (header.slice(0, leading.length).join() !== leading.join() || classes.length === 0) {
    throw wrong(`${path}:1`, `the columns ${leading.join(", ")} and one per class`, header.join());
  }
  const ids = new Set<string>();
  const indexOf = (name: string, line: number) => {
    const index = classes.indexOf(name);
    if (index === -1) throw wrong(`${path}:${line}`, `a class out of ${classes.join(", ")}`, name);
    return index;
  };
  const [labels, predicted] = [new Int32Array(rows.length), new Int32Array(rows.length)];
  for (const [i, [id = "", label = "", answer = ""]] of rows.entries()) {
    const line = i + 2;
    if (ids.has(id)) throw wrong(`${path}:${line}`, "every image once", `${id} again`);
    ids.add(id);
    labels[i] = indexOf(label, line);
    predicted[i] = indexOf(answer, line);
  }
  if (rows.length === 0) throw wrong(`${path}:2`, "a line per image", "none");
  return { classes, ids: [...ids], labels, predicted };
}

/** Every line has as many fields as the first. */
function records(csv: string, path: string): readonly (readonly string[])[] {
  try {
    return parse(csv);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw wrong(path, "the predictions of a run", error.message);
  }
}

function wrong(where: string, expected: string, found: string): UsageError {
  return new UsageError(
    `${where}: expected ${expected}, found ${found}. Remove the run's folder to train it again.`,
  );
}
