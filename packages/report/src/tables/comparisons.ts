/**
 * @file The rows of a table, each compared with the reference row of its data set: paired by image and by seed, and
 * corrected for the number of comparisons.
 */
import { groupBy, sum } from "@mvt/common";
import { number, text } from "../columns.ts";
import type { LabelledPredictions } from "../evaluation/predictions.ts";
import { holm, mcnemarMidP, pairedT, studentP } from "../paired-tests.ts";
import { points } from "../paired.ts";
import { accuracyDecimals, type Count } from "../accuracy.ts";
import { type Interval, z95 } from "../statistics.ts";
import type { Appendix, Cells, Column } from "../table.ts";
import { type Selection, selectedCount, type TestedRun } from "./tested-runs.ts";

/** A p-value below it is called clear, after the correction. */
export const level = 0.05;

/** One row minus the reference row, on the test set, in accuracies as fractions of one. */
export interface Difference {
  readonly mean: number;
  /** The larger of two: over seeds, and over test images where they are compared. */
  readonly standardError: number;
  /** The wider of the two 95 % intervals. */
  readonly interval: Interval;
  /** How many seeds both rows have. */
  readonly seeds: number;
  /** Test images. */
  readonly images: number;
  /** Whether the images could be paired, since the predictions are known. */
  readonly paired: boolean;
  /** Of other test images with these networks; left out where only the seeds are compared. */
  readonly pByImage?: number;
  /** Of other seeds on these images; unknown with one seed. */
  readonly pBySeed?: number;
}

/** How a row differs from its reference, after the correction. */
export const verdicts = ["higher", "lower", "not distinguishable"] as const;
export type Verdict = (typeof verdicts)[number];

export interface RowComparison extends Difference {
  readonly dataset: string;
  /** What the row is called: "m = 15 %". */
  readonly name: string;
  /** What it is compared with: "the baseline". */
  readonly reference: string;
  /** The larger of both p-values, by Holm's method for all comparisons on this data set. */
  readonly p: number;
  readonly verdict: Verdict;
}

export interface ComparedRow {
  readonly dataset: string;
  readonly name: string;
  readonly runs: readonly TestedRun[];
  /** What the others of its data set call this row, if they are compared with it. */
  readonly reference?: string;
}

/** Data set by data set, in the order of the rows; none for a data set without a reference. */
export function compareRows(
  rows: readonly ComparedRow[],
  select: Selection,
): readonly RowComparison[] {
  return [...groupBy(rows, ({ dataset }) => dataset).values()].flatMap((group) => {
    const reference = group.find((row) => row.reference !== undefined);
    if (reference === undefined) return [];
    const differences = group.flatMap((row) => {
      const difference = row === reference ? undefined : differenceOf(row, reference, select);
      return difference ? [{ row, difference }] : [];
    });
    const adjusted = holm(
      differences.map(({ difference: { pByImage = 0, pBySeed = 0 } }) =>
        Math.max(pByImage, pBySeed),
      ),
    );
    return differences.map(({ row: { dataset, name }, difference }, i) => {
      const p = adjusted[i]!;
      const verdict = p >= level ? "not distinguishable" : difference.mean > 0 ? "higher" : "lower";
      return { ...difference, dataset, name, reference: reference.reference!, p, verdict };
    });
  });
}

/** Over the seeds that both have; undefined if there is none. */
function differenceOf(
  { runs }: ComparedRow,
  { runs: others }: ComparedRow,
  select: Selection,
): Difference | undefined {
  const pairs = runs.flatMap((run) => {
    const other = others.find(({ seed }) => seed === run.seed);
    return other ? [[run, other] as const] : [];
  });
  if (pairs.length === 0) return undefined;
  const bySeed = pairedT(
    pairs.map(([a, b]) => share(selectedCount(a, select)) - share(selectedCount(b, select))),
  );
  const images = Math.min(...pairs.flat().map((run) => selectedCount(run, select).n));
  const answers = select === "validation" ? pairedAnswers(pairs) : undefined;
  const byImage = answers
    ? pairedByImage(answers)
    : pairs.length < enoughSeeds
      ? unpairedByImage(pairs, select, { mean: bySeed.mean, images })
      : undefined;
  const around = (half: number) => ({ low: bySeed.mean - half, high: bySeed.mean + half });
  const intervals = [byImage && around(z95 * byImage.standardError), bySeed.interval];
  return {
    mean: bySeed.mean,
    standardError: Math.max(byImage?.standardError ?? 0, bySeed.standardError ?? 0),
    interval: intervals
      .filter((interval) => interval !== undefined)
      .reduce((a, b) => (b.high - b.low > a.high - a.low ? b : a)),
    seeds: pairs.length,
    images,
    paired: answers !== undefined,
    pByImage: byImage?.p,
    pBySeed: bySeed.p,
  };
}

type Pair = readonly [TestedRun, TestedRun];

/** With fewer, test images count even where they cannot be paired: two seeds may agree by chance. */
const enoughSeeds = 3;

const share = ({ k, n }: Count) => k / n;

/** Of each pair and image: whether the first alone is right (1), the second alone (-1), or neither alone (0). */
function pairedAnswers(pairs: readonly Pair[]): readonly (readonly number[])[] | undefined {
  const answers: (readonly number[])[] = [];
  for (const [{ predictions: a }, { predictions: b }] of pairs) {
    const first = pairs[0]![0].predictions;
    if (a === undefined || b === undefined || first === undefined) return undefined;
    if (![a, b].every(({ labels }) => sameLabels(labels, first.labels))) return undefined;
    answers.push(Array.from(first.labels, (_, i) => right(a, i) - right(b, i)));
  }
  return answers;
}

function sameLabels(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((label, i) => label === b[i]);
}

function right({ labels, predicted }: LabelledPredictions, image: number): 0 | 1 {
  return labels[image] === predicted[image] ? 1 : 0;
}

/** With one seed McNemar's mid-p; with several, Student's t over images of the mean over seeds. */
function pairedByImage(answers: readonly (readonly number[])[]) {
  const means = answers[0]!.map((_, i) => sum(answers.map((seed) => seed[i]!)) / answers.length);
  const { standardError = 0, p = 1 } = pairedT(means);
  if (answers.length > 1) return { standardError, p };
  const alone = (side: 1 | -1) => answers[0]!.filter((answer) => answer === side).length;
  return { standardError, p: mcnemarMidP(alone(-1), alone(1)) };
}

/** As if each row had test images of its own: too large where both find the same images hard. */
function unpairedByImage(
  pairs: readonly Pair[],
  select: Selection,
  { mean, images }: Pick<Difference, "mean" | "images">,
) {
  const variance = (side: 0 | 1) => {
    const p = sum(pairs.map((pair) => share(selectedCount(pair[side], select)))) / pairs.length;
    return (p * (1 - p)) / images;
  };
  const standardError = Math.sqrt(variance(0) + variance(1));
  if (standardError === 0) return { standardError, p: mean === 0 ? 1 : 0 };
  return { standardError, p: studentP(mean / standardError, Math.max(1, 2 * images - 2)) };
}

/** "0.012", "below 0.001". */
export function pWords(p: number): string {
  return p < 0.001 ? "below 0.001" : p.toFixed(3);
}

/** "+1.6 ± 0.4 points". */
export function differencePoints(difference: Difference): string {
  return `${differenceText(difference)} points`;
}

function differenceText({ mean, standardError, images }: Difference): string {
  const decimals = accuracyDecimals([images]);
  return `${points(mean, decimals)} ± ${(100 * standardError).toFixed(decimals)}`;
}

/** In the CSV, of the row that is compared. */
export const comparisonCsvColumns: readonly Column[] = [
  { key: "difference", title: "Difference", kind: "points", only: "csv" },
  { key: "difference_se", title: "Difference, SE", kind: "points", only: "csv" },
  { key: "difference_low", title: "Difference, 95 %", kind: "points", only: "csv" },
  { key: "difference_high", title: "Difference, 95 %", kind: "points", only: "csv" },
  { key: "p_by_image", title: "p by image", kind: "number", only: "csv" },
  { key: "p_by_seed", title: "p by seed", kind: "number", only: "csv" },
  { key: "p_holm", title: "p, Holm", kind: "number", only: "csv" },
  { key: "verdict", title: "Verdict", kind: "text", only: "csv" },
];

const digits = (p: number) => number(Number(p.toPrecision(6)));

/** The cells of `comparisonCsvColumns`; none for a row that is not compared. */
export function comparisonCsvCells(comparison: RowComparison | undefined): Cells {
  if (comparison === undefined) return {};
  const { mean, standardError, interval, pByImage, pBySeed, p, verdict } = comparison;
  return {
    difference: { kind: "points", value: mean },
    difference_se: { kind: "points", value: standardError },
    difference_low: { kind: "points", value: interval.low },
    difference_high: { kind: "points", value: interval.high },
    p_by_image: pByImage === undefined ? undefined : digits(pByImage),
    p_by_seed: pBySeed === undefined ? undefined : digits(pBySeed),
    p_holm: digits(p),
    verdict: text(verdict),
  };
}

/** The difference in the main table, for people. */
export const minusColumns = (reference: string): readonly Column[] => [
  { key: "minus", title: `Minus ${reference} (points)`, kind: "text", only: "markdown" },
];

/** The cell of `minusColumns`; none for a row that is not compared. */
export function minusCells(comparison: RowComparison | undefined): Cells {
  return comparison ? { minus: text(differenceText(comparison)) } : {};
}

export const minusWords = {
  minus:
    "Minus: the difference to that row in accuracy, paired by seed and, where predictions are known, by image; after ± follows its standard error. The table below says whether it is clear.",
};

/** Every comparison with its p-values, as a table below the main one; none if there is none. */
export function comparisonAppendix(comparisons: readonly RowComparison[]): readonly Appendix[] {
  if (comparisons.length === 0) return [];
  const references = [...new Set(comparisons.map(({ reference }) => reference))];
  const several = comparisons.some(({ pBySeed }) => pBySeed !== undefined);
  const rows = comparisons.map(appendixCells);
  const columns: Appendix["columns"] = [
    { key: "dataset", title: "Data set", kind: "text" },
    { key: "name", title: "Row", kind: "text" },
    { key: "difference", title: "Difference (points)", kind: "text" },
    { key: "interval", title: "95 %", kind: "text" },
    { key: "p_image", title: "p by image", kind: "text" },
    { key: "p_seed", title: "p by seed", kind: "text" },
    { key: "p", title: "p, corrected", kind: "text" },
    { key: "verdict", title: "Verdict", kind: "text" },
  ];
  return [
    {
      heading: `Compared with ${references.join(" or ")}`,
      text: [
        "After ± follows the standard error of the difference, the larger of that over seeds and that over test images; the 95 % interval is the wider of the two.",
        ...imageWords(comparisons),
        several
          ? "p by seed: Student's paired t-test over the seeds."
          : "With one seed nothing is known of other seeds.",
        `Corrected: the larger of the p-values, by Holm's method for the comparisons on one data set; from ${level} on, a row is not distinguishable from its reference.`,
      ].join(" "),
      columns: columns.filter(({ key }) => rows.some((cells) => cells[key] !== undefined)),
      rows,
    },
  ];
}

function imageWords(comparisons: readonly RowComparison[]): readonly string[] {
  const paired = comparisons.some((comparison) => comparison.paired);
  const unpaired = comparisons.some(
    (comparison) => !comparison.paired && comparison.pByImage !== undefined,
  );
  const left = comparisons.some(({ pByImage }) => pByImage === undefined);
  return [
    paired
      ? "p by image: on the same test images, McNemar's mid-p with one seed, Student's paired t-test of the mean over seeds with several."
      : "",
    unpaired
      ? `p by image${paired ? " where predictions are not known" : ""}: from the two accuracies, as if each row had test images of its own. It is too large rather than too small.`
      : "",
    left
      ? "Only predictions of the validation-chosen epoch are kept, so the images are not paired: the comparison is over seeds, on these test images."
      : "",
  ].filter(Boolean);
}

function appendixCells(comparison: RowComparison): Cells {
  const { dataset, name, interval, images, pByImage, pBySeed, p, verdict } = comparison;
  const end = (value: number) => points(value, accuracyDecimals([images]));
  return {
    dataset: text(dataset),
    name: text(name),
    difference: text(differenceText(comparison)),
    interval: text(`${end(interval.low)} to ${end(interval.high)}`),
    p_image: pByImage === undefined ? undefined : text(pWords(pByImage)),
    p_seed: pBySeed === undefined ? undefined : text(pWords(pBySeed)),
    p: text(pWords(p)),
    verdict: text(verdict),
  };
}
