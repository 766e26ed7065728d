/** @file Reads labels.csv: the labels of a run's training images and their scores. */
import { UserError } from "@mvt/common";
import { rankingScoreNames, rankingScores } from "@mvt/relabel";
import type { RankingScoreName } from "@mvt/relabel";
import { damaged, readTable } from "./csv-table.ts";
import { labelColumns } from "./labels-csv.ts";
import { missingFile } from "./run-folder.ts";
import type { RunFolder } from "./run-folder.ts";

/** A line of labels.csv; labels by their names. */
export interface LabelLine {
  readonly id: string;
  /** The label that the run was given. */
  readonly given: string;
  /** The label after relabelling. */
  readonly current: string;
  /** Undefined where it is unknown. */
  readonly truth: string | undefined;
  /** Of the given label; undefined for an image that was never drawn. */
  readonly scores: Readonly<Record<RankingScoreName, number | undefined>>;
  /** The epochs that changed the label. */
  readonly changedEpochs: readonly number[];
}

/** The lines of labels.csv of a finished classifier, one per training image in their order. */
export async function readLabels(run: RunFolder): Promise<readonly LabelLine[]> {
  const csv = await run.read("labels.csv");
  if (csv === undefined) {
    if ((await run.result()) === undefined) throw await missingFile(run, "labels.csv");
    throw new UserError(
      `run ${run.id}: expected labels.csv, found none, since an earlier version trained the run. Remove the run's folder to train it again.`,
    );
  }
  return parseLabels(csv.toString("utf8"), run.path("labels.csv"));
}

/** `path` names the file in errors. */
export function parseLabels(csv: string, path: string): readonly LabelLine[] {
  const seen = new Set<string>();
  return readTable(csv, path, labelColumns).map(({ line, fields }) => {
    const where = `${path}:${line}`;
    const row = Object.fromEntries(labelColumns.map((column, i) => [column, fields[i]!]));
    const { id = "", given = "", current = "", changed_epochs: epochs = "" } = row;
    if (id === "" || seen.has(id)) throw damaged(where, "an image once", id || "no id");
    if (given === "" || current === "") throw damaged(where, "a given and a current label", "none");
    seen.add(id);
    return {
      id,
      given,
      current,
      truth: row["true"] || undefined,
      scores: scoresOf(row, where),
      changedEpochs: epochsOf(epochs, where),
    };
  });
}

/** "10 14" */
function epochsOf(text: string, where: string): readonly number[] {
  if (/^(?:[1-9]\d{0,8}(?: [1-9]\d{0,8})*)?$/.test(text))
    return text.split(" ").flatMap((epoch) => (epoch === "" ? [] : [Number(epoch)]));
  throw damaged(where, "epochs as changed_epochs", text);
}

function scoresOf(row: Readonly<Record<string, string>>, where: string): LabelLine["scores"] {
  const entries = rankingScoreNames.map((name) => {
    const { column } = rankingScores[name];
    const text = row[column]!;
    const value = text === "" ? undefined : Number(text.trim() || NaN);
    if (Number.isNaN(value)) throw damaged(where, `a number as ${column}`, text);
    return [name, value] as const;
  });
  return Object.fromEntries(entries) as LabelLine["scores"];
}
