/** @file Ranks the training images of a run by how doubtful their labels are. */
import { stringify } from "csv-stringify/sync";
import { UserError } from "@mvt/common";
import { normalizedMargin, rankingScoreNames, rankingScores, selfConfidence } from "@mvt/relabel";
import type { RankingScoreName } from "@mvt/relabel";
import { rankingQuality } from "@mvt/report";
import type { RankedImage, RankingQuality, ScoreColumn, ScoreSource } from "@mvt/report";
import type { LabelLine } from "../runs/read-labels.ts";

/** What a network says about images that it was not trained on. */
export interface HeldOut {
  /** By name, in the order of the probabilities. */
  readonly classes: readonly string[];
  /** [K] by the image's id. */
  readonly probabilities: ReadonlyMap<string, ArrayLike<number>>;
}

/** A score of every image, in the order of the lines. */
export interface ScoredColumn extends ScoreColumn {
  readonly name: RankingScoreName;
  /** Undefined for an image that was never drawn. */
  readonly values: readonly (number | undefined)[];
}

/** The scores that probabilities of one epoch give; AUM needs those of all epochs. */
const outOfSample = { "self-confidence": selfConfidence, "normalized-margin": normalizedMargin };

/**
 * A column for every score of labels.csv and, where there are held-out predictions, one for every score that they give.
 * Throws a UserError if an image has no held-out prediction.
 */
export function scoreColumns(
  lines: readonly LabelLine[],
  heldOut?: HeldOut,
): readonly ScoredColumn[] {
  const column = (
    name: RankingScoreName,
    source: ScoreSource,
    values: readonly (number | undefined)[],
  ): ScoredColumn => {
    const { title, about } = rankingScores[name];
    return { name, title, about, source, values, quality: qualityOf(lines, values) };
  };
  const own = rankingScoreNames.map((name) =>
    column(
      name,
      "in-sample",
      lines.map(({ scores }) => scores[name]),
    ),
  );
  if (heldOut === undefined) return own;
  const { classes, probabilities } = heldOut;
  const rows = lines.map(({ id, given }) => {
    const p = probabilities.get(id);
    if (p !== undefined) return { p, label: classes.indexOf(given) };
    throw new UserError(
      `${id}: expected a prediction of the run without its fold, found none. Remove the runs of the folds to train them again.`,
    );
  });
  const others = Object.entries(outOfSample).map(([name, score]) =>
    column(
      name as keyof typeof outOfSample,
      "out-of-sample",
      rows.map(({ p, label }) => score(p, label)),
    ),
  );
  return [...own, ...others];
}

/** Of the images whose truth is known and that have a score: wrong labels should come first, so low scores do. */
function qualityOf(
  lines: readonly LabelLine[],
  values: readonly (number | undefined)[],
): RankingQuality | undefined {
  const known = [...lines.keys()].filter((i) => lines[i]!.truth !== undefined);
  if (known.length === 0) return undefined;
  const scored = known.filter((i) => values[i] !== undefined);
  return rankingQuality(
    scored.map((i) => -values[i]!),
    scored.map((i) => Number(lines[i]!.truth !== lines[i]!.given)),
  );
}

/** The place of the column to rank by: out of sample where there is such a score. */
export function rankingColumn(columns: readonly ScoredColumn[], by: RankingScoreName): number {
  return columns.findLastIndex(({ name }) => name === by);
}

/** The places of the lines, the most doubtful first; those without a score last. Equal scores keep their order. */
export function rankLabels({ values }: ScoredColumn): readonly number[] {
  return [...values.keys()].toSorted(
    (a, b) => (values[a] ?? Infinity) - (values[b] ?? Infinity) || 0,
  );
}

/** An image as a report shows it. */
export function rankedImage(
  line: LabelLine,
  i: number,
  columns: readonly ScoredColumn[],
): RankedImage {
  return { ...line, scores: columns.map(({ values }) => values[i]) };
}

/**
 * ranking.csv: rank, id, given, current, true, changed_epochs, and a column per score to 6 digits after the point, or
 * of out-of-sample ones 7 significant digits as held-out.csv has them.
 */
export function rankingCsv(
  lines: readonly LabelLine[],
  columns: readonly ScoredColumn[],
  order: readonly number[],
): string {
  const header = ["rank", "id", "given", "current", "true", "changed_epochs"];
  const names = columns.map(({ name, source }) => {
    const { column } = rankingScores[name];
    return source === "in-sample" ? column : `out_of_sample_${column}`;
  });
  const rows = order.map((i, rank) => {
    const { id, given, current, truth = "", changedEpochs } = lines[i]!;
    const scores = columns.map(({ source, values }) => formatScore(values[i], source));
    return [String(rank + 1), id, given, current, truth, changedEpochs.join(" "), ...scores];
  });
  return stringify([[...header, ...names], ...rows]);
}

function formatScore(value: number | undefined, source: ScoreSource): string {
  if (value === undefined) return "";
  return source === "in-sample" ? value.toFixed(6) : String(Number(value.toPrecision(7)));
}
