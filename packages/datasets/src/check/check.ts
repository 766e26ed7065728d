/** @file Compares a data set on disk with the published one, and opens every image of it. */
import { groupBy, sum } from "@mvt/common";
import { splitNames, type SplitName } from "../dataset.ts";
import { type Dataset, type DatasetName, datasets } from "../datasets.ts";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";
import { type Disagreement, disagreementOf } from "./disagreement.ts";
import { mostSkipped, type SkipLimit } from "../images/skip-unreadable.ts";
import { leftOutReasons } from "../left-out.ts";
import { inspectImages } from "./images.ts";
import type { Inspection } from "./inspect-worker.ts";
import { nearPairs } from "./near-duplicates.ts";
import { readSubsets } from "../subsets/read.ts";

export interface CheckRow {
  /** "train", "train / surprise", "missing images". */
  readonly what: string;
  readonly found: number;
  /** What the published data set has, 0 for defects; absent if there is nothing to compare with. */
  readonly published?: number;
  /** "skipped": unreadable images, no more than may be left out. */
  readonly verdict: "ok" | "differs" | "skipped" | "not applicable";
  /** The first ten defects by name, or the notes on a subset; else empty. */
  readonly names: readonly string[];
}

export interface DatasetCheck {
  readonly name: DatasetName;
  readonly title: string;
  readonly folder: string;
  readonly layout: string;
  readonly protocol: string;
  /** Whether the data are synthetic. Their counts are not compared with published ones. */
  readonly synthetic: boolean;
  readonly rows: readonly CheckRow[];
  /** Where better labels than those of the training images are known, as votes are for FER2013's. */
  readonly disagreement?: Disagreement;
  /** Whether no row differs. */
  readonly ok: boolean;
}

export interface CheckOptions {
  /** So many unreadable images are no difference. */
  readonly skip?: SkipLimit;
  /** Worker threads; by default one per core, 0 for none. What is found does not depend on it. */
  readonly threads?: number;
}

const shownNames = 10;

/**
 * Counts images per split and class, and compares with the published counts. Then counts the files that are no samples, by
 * reason, and finds defects: missing and unreadable images, those that were decoded although the decoder complained, ids
 * that occur twice, and images with the same bytes within one split or in two. Images
 * that look like one of another split are named without a verdict: they may be two faces. Then counts the lines
 * of the lists of occluded and turned faces, if there are such lists.
 * Reads and decodes every image, in worker threads; prints nothing.
 */
export async function checkDataset(
  dataset: Dataset,
  { skip, threads }: CheckOptions = {},
): Promise<DatasetCheck> {
  const { name, title, folder, layout, protocol } = dataset;
  const synthetic = dataset.groundTruth !== undefined;
  const inspections = await inspectImages(dataset, threads);
  const repeats = datasets[name].repeatsImages && !synthetic ? undefined : 0;
  const rows = [
    ...countRows(dataset, synthetic),
    ...leftOutRows(dataset),
    defectRow("missing images", defects(inspections, "missing"), 0),
    tolerated(
      defectRow("unreadable images", defects(inspections, "unreadable"), 0),
      skip && mostSkipped(skip, inspections.length),
    ),
    defectRow("images read with a complaint", complaints(inspections), undefined),
    defectRow("ids that occur twice", repeatedIds(inspections), 0),
    defectRow("identical images within a split", identical(inspections, "one split"), repeats),
    defectRow("identical images in two splits", identical(inspections, "two splits"), repeats),
    defectRow(
      "images that look like another split's",
      await lookAlikes(inspections, threads),
      undefined,
    ),
    ...(await subsetRows(dataset)),
  ];
  const ok = rows.every(({ verdict }) => verdict !== "differs");
  const disagreement = disagreementOf(dataset);
  const found = { name, title, folder, layout, protocol, synthetic, rows, ok };
  return disagreement ? { ...found, disagreement } : found;
}

/** How many lines of each list count, with notes; or why a list cannot be read. */
async function subsetRows(dataset: Dataset): Promise<CheckRow[]> {
  try {
    const subsets = await readSubsets(dataset);
    const published = dataset.groundTruth
      ? undefined
      : datasets[dataset.name].lists?.linesOf(dataset);
    return subsets.map(({ name, title, n, notes }) => ({
      ...countRow(`${title}, lines`, n, published?.[name]),
      names: notes,
    }));
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return [defectRow("unusable lists of subsets", [error.message], 0)];
  }
}

/** Files that are no samples, by reason, and notes of the loader. Pictures without a label are a difference. */
function leftOutRows({ leftOut = [], notes = [] }: Dataset): CheckRow[] {
  return [
    ...leftOut.map(({ reason, count, names }) => ({
      ...countRow(leftOutReasons[reason], count, reason === "unlabelled" ? 0 : undefined),
      names,
    })),
    ...(notes.length > 0 ? [defectRow("notes", notes, undefined)] : []),
  ];
}

function countRows(dataset: Dataset, synthetic: boolean): CheckRow[] {
  const published = synthetic ? undefined : datasets[dataset.name].publishedCounts?.(dataset);
  return splitNames.flatMap((split) => {
    const found = countByClass(dataset, split);
    const wanted = published?.[split];
    if (sum(found) === 0 && sum(wanted ?? []) === 0) return [];
    return [
      countRow(split, sum(found), wanted && sum(wanted)),
      ...dataset.classes.map((name, i) => countRow(`${split} / ${name}`, found[i]!, wanted?.[i])),
    ];
  });
}

/** Images per class, in the order of the classes; by the better labels where they are known, which published counts are of. */
function countByClass({ splits, classes, trueExpressions }: Dataset, split: SplitName): number[] {
  const counts = new Map<Expression, number>();
  for (const { id, expression } of splits[split]) {
    const counted = trueExpressions?.get(id) ?? expression;
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
  return classes.map((name) => counts.get(name) ?? 0);
}

function countRow(what: string, found: number, published: number | undefined): CheckRow {
  if (published === undefined) return { what, found, verdict: "not applicable", names: [] };
  return { what, found, published, verdict: found === published ? "ok" : "differs", names: [] };
}

function defectRow(what: string, all: readonly string[], published: 0 | undefined): CheckRow {
  return { ...countRow(what, all.length, published), names: all.slice(0, shownNames) };
}

/** The row with another verdict if training leaves out so many images. */
function tolerated(row: CheckRow, most: number | undefined): CheckRow {
  const within = most !== undefined && row.found > 0 && row.found <= most;
  return within ? { ...row, verdict: "skipped" } : row;
}

/** "train_00003_aligned.jpg (0 bytes)". */
function defects(inspections: readonly Inspection[], kind: "missing" | "unreadable"): string[] {
  return inspections.flatMap(({ name, defect }) => {
    if (defect?.kind !== kind) return [];
    return kind === "missing" ? [name] : [`${name} (${defect.reason})`];
  });
}

/** "face.jpg (VipsJpeg: Warning: unknown JFIF revision number 2.01)". */
function complaints(inspections: readonly Inspection[]): string[] {
  return inspections.flatMap(({ name, complaint }) =>
    complaint === undefined ? [] : [`${name} (${complaint})`],
  );
}

function repeatedIds(inspections: readonly Inspection[]): string[] {
  const groups = groupBy(inspections, ({ id }) => id);
  return [...groups].filter(([, { length }]) => length > 1).map(([id]) => id);
}

/** Images that occur more than once: "train_00001_aligned.jpg = test_0001_aligned.jpg". */
function identical(inspections: readonly Inspection[], within: "one split" | "two splits") {
  const sound = inspections.filter(({ hash }) => hash !== undefined);
  const key = ({ hash, split }: Inspection) => (within === "one split" ? `${hash} ${split}` : hash);
  return [...groupBy(sound, key).values()]
    .filter((group) =>
      within === "one split" ? group.length > 1 : new Set(group.map(({ split }) => split)).size > 1,
    )
    .map((group) => group.map(({ name }) => name).join(" = "));
}

/** "train_00001_aligned.jpg ~ test_0001_aligned.jpg", the most alike first. */
async function lookAlikes(
  inspections: readonly Inspection[],
  threads: number | undefined,
): Promise<string[]> {
  const seen = inspections.flatMap(({ name, split, hash, perceptual }) =>
    hash !== undefined && perceptual !== undefined ? [{ name, split, hash, perceptual }] : [],
  );
  return (await nearPairs(seen, threads)).map(({ names }) => names.join(" ~ "));
}
