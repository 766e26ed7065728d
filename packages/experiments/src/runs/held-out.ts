/**
 * @file held-out.csv: what a run that leaves out a fold of the training images predicts for them, with the weights of
 * its last epoch.
 */
import { stringify } from "csv-stringify/sync";
import { UserError } from "@mvt/common";
import type { Subset } from "../data/prepared.ts";
import { damaged, readTable } from "./csv-table.ts";
import type { Predictions } from "./predictions.ts";
import type { RunFolder } from "./run-folder.ts";

const leading = ["id", "given"];

/**
 * Columns: id, given label, and the probability of each class to 7 significant digits: those of wrong labels are often
 * below a millionth, and a ranking must still tell them apart.
 */
export function heldOutCsv(
  classes: readonly string[],
  { ids, labels }: Subset,
  { probabilities }: Pick<Predictions, "probabilities">,
): string {
  const K = classes.length;
  const rows = ids.map((id, i) => [
    id,
    classes[labels[i]!]!,
    ...Array.from(probabilities.subarray(i * K, (i + 1) * K), (p) =>
      String(Number(p.toPrecision(7))),
    ),
  ]);
  return stringify([[...leading, ...classes], ...rows]);
}

/** The probabilities [K] of a finished run's held-out images, by id. */
export async function readHeldOut(
  run: RunFolder,
  classes: readonly string[],
): Promise<ReadonlyMap<string, Float64Array>> {
  const csv = await run.read("held-out.csv");
  const path = run.path("held-out.csv");
  if (csv === undefined) {
    throw new UserError(
      `${path}: expected the predictions of a run that leaves out a fold, found none. Remove the run's folder to train it again.`,
    );
  }
  const rows = readTable(csv.toString("utf8"), path, [...leading, ...classes]);
  return new Map(
    rows.map(({ line, fields: [id, _given, ...probabilities] }) => [
      id!,
      Float64Array.from(probabilities, (text) => probability(text, `${path}:${line}`)),
    ]),
  );
}

function probability(text: string, where: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw damaged(where, "a probability from 0 to 1", text === "" ? "nothing" : text);
}
