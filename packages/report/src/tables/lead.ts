/** @file The first sentence of a table of accuracies: what came out, and how sure it is. */
import { groupBy } from "@mvt/common";
import { accuracyDecimals, type Accuracy } from "../accuracy.ts";
import { conjunction } from "../columns.ts";
import { differencePoints, pWords, type RowComparison, type Verdict } from "./comparisons.ts";
import type { PaperNumber } from "./paper.ts";

/** A sentence names at most so many data sets, and so many rows of one; more are counted. */
const [namedDatasets, namedRows] = [3, 3];

/** What the comparisons show, and how many points one standard error of a row is. */
export function accuracyLead(
  comparisons: readonly RowComparison[],
  accuracies: readonly Accuracy[],
): string {
  return [...outcome(comparisons), standardErrorSentence(accuracies)].join(" ");
}

/** "One standard error of a row is 0.8 to 1.9 points." */
export function standardErrorSentence(accuracies: readonly Accuracy[]): string {
  const errors = accuracies.map(({ standardError }) => standardError);
  const decimals = accuracyDecimals(accuracies.flatMap(({ runs }) => runs.map(({ n }) => n)));
  const inPoints = (error: number) => (100 * error).toFixed(decimals);
  const [low, high] = [inPoints(Math.min(...errors)), inPoints(Math.max(...errors))];
  return accuracies.length === 1
    ? `One standard error is ${low} points.`
    : `One standard error of a row is ${low === high ? low : `${low} to ${high}`} points.`;
}

function outcome(comparisons: readonly RowComparison[]): readonly string[] {
  const groups = [...groupBy(comparisons, ({ dataset }) => dataset)];
  if (groups.length === 0) return [];
  const words =
    groups.length > namedDatasets
      ? countedWords(comparisons, groups.length)
      : groups.map(([dataset, group]) => `on ${dataset}, ${groupWords(group)}`).join("; ");
  return [`${words.charAt(0).toUpperCase()}${words.slice(1)}${sureness(comparisons)}.`];
}

/** One data set: "accuracy is clearly higher with m = 15 % (+2.8 ± 0.9 points, p = 0.012) than with the baseline". */
function groupWords(group: readonly RowComparison[]): string {
  const { reference } = group[0]!;
  const [higher, lower] = [withVerdict(group, "higher"), withVerdict(group, "lower")];
  if (higher.length + lower.length === 0) {
    const widest = group.reduce((a, b) => (Math.abs(b.mean) > Math.abs(a.mean) ? b : a));
    return group.length === 1
      ? `${rowWords(widest)} is not distinguishable from ${reference}`
      : `no row is distinguishable from ${reference}; the largest difference is that of ${rowWords(widest)}`;
  }
  const parts = [
    higher.length > 0 ? `clearly higher with ${rowsWords(higher, group.length)}` : "",
    lower.length > 0 ? `clearly lower with ${rowsWords(lower, group.length)}` : "",
  ].filter(Boolean);
  const others = group.length - higher.length - lower.length;
  const rest =
    others === 0
      ? ""
      : `, and ${others === 1 ? "one row is" : `${others} rows are`} not distinguishable from it`;
  return `accuracy is ${parts.join(" and ")} than with ${reference}${rest}`;
}

/** Largest difference first. */
function withVerdict(group: readonly RowComparison[], verdict: Verdict) {
  return group
    .filter((comparison) => comparison.verdict === verdict)
    .toSorted((a, b) => Math.abs(b.mean) - Math.abs(a.mean));
}

function rowsWords(rows: readonly RowComparison[], of: number): string {
  if (rows.length <= namedRows) return conjunction.format(rows.map(rowWords));
  return `${rows.length} of ${of} rows, most with ${rowWords(rows[0]!)}`;
}

/** "m = 15 % (+2.8 ± 0.9 points, p = 0.012)" */
function rowWords(comparison: RowComparison): string {
  const p = pWords(comparison.p);
  return `${comparison.name} (${differencePoints(comparison)}, p ${p.startsWith("below") ? p : `= ${p}`})`;
}

/** Many data sets: counts, and the widest differences. */
function countedWords(comparisons: readonly RowComparison[], groups: number): string {
  const references = [...new Set(comparisons.map(({ reference }) => reference))];
  const [higher, lower] = [withVerdict(comparisons, "higher"), withVerdict(comparisons, "lower")];
  const most = (rows: readonly RowComparison[]) =>
    rows.length === 0 ? "" : `, most with ${rowWords(rows[0]!)} on ${rows[0]!.dataset}`;
  const same = comparisons.length - higher.length - lower.length;
  return `of ${comparisons.length} comparisons with ${references.join(" or ")} in ${groups} settings, accuracy is clearly higher in ${higher.length}${most(higher)} and clearly lower in ${lower.length}${most(lower)}; ${same === 1 ? "one is" : `${same} are`} not distinguishable`;
}

/** On which seeds and images the p-values rest, and for how many comparisons they are corrected. */
function sureness(comparisons: readonly RowComparison[]): string {
  const most = (values: readonly number[]) => Math.max(...values);
  const seeds = most(comparisons.map((comparison) => comparison.seeds));
  const images = most(comparisons.map((comparison) => comparison.images));
  const family = most(
    [...groupBy(comparisons, ({ dataset }) => dataset).values()].map(({ length }) => length),
  );
  const corrected = family > 1 ? `, p corrected for ${family} comparisons` : "";
  return seeds === 1
    ? ` (one seed, ${images} test images${corrected}; other seeds may differ)`
    : ` (${seeds} seeds, ${images} test images${corrected})`;
}

/** One accuracy of a table whose rows are not compared with each other. */
export interface MeasuredAccuracy {
  /** What it was measured on: "RAF-DB", "occluded faces of RAF-DB". */
  readonly on: string;
  readonly accuracy: Accuracy;
  /** What the paper prints for it; of real data only. */
  readonly paper?: PaperNumber;
}

/** "MVT reaches 88.4 % on RAF-DB, 0.2 points below the paper's 88.62 % (one standard error: 0.6 points; 3 seeds)." */
export function measuredLead(measured: readonly MeasuredAccuracy[]): string {
  const words = measured.map(({ on, accuracy: { mean, standardError, runs, interval }, paper }) => {
    const decimals = accuracyDecimals(runs.map(({ n }) => n));
    const inPercent = (fraction: number) => (100 * fraction).toFixed(decimals);
    const seeds = runs.length === 1 ? "one seed" : `${runs.length} seeds`;
    const spread =
      interval === undefined
        ? `one standard error: ${inPercent(standardError)} points`
        : `95 % interval of these test images: ${inPercent(interval.low)} to ${inPercent(interval.high)} %`;
    return `${inPercent(mean)} % on ${on}${paperWords(mean, paper, decimals)} (${spread}; ${seeds})`;
  });
  return `MVT reaches ${conjunction.format(words)}.`;
}

function paperWords(mean: number, paper: MeasuredAccuracy["paper"], decimals: number): string {
  if (paper === undefined) return "";
  const away = 100 * mean - paper.percent;
  const distance = Math.abs(away).toFixed(decimals);
  const published = `the paper's ${paper.percent.toFixed(paper.decimals ?? 2)} %`;
  if (Number(distance) === 0) return `, as ${published}`;
  return `, ${distance} points ${away < 0 ? "below" : "above"} ${published}`;
}
