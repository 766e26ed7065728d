/** @file Which training labels are likely to be wrong, how well scores tell, and what relabelling changed. */
import { percent } from "@mvt/common";
import { dataCells, dataColumns, datasetColumn, list, number, text } from "../columns.ts";
import type { DataKind, Provenance } from "../provenance.ts";
import type { Appendix, Cells, Column, Table } from "../table.ts";
import type { FlowCell, LabelFlow } from "./label-flow.ts";
import type { RankingQuality } from "./ranking.ts";

/** Whose probabilities a score is made of. */
export type ScoreSource = "in-sample" | "out-of-sample";

/** A score of every label, and how well it ranks the wrong ones first. */
export interface ScoreColumn {
  /** "Self-confidence" */
  readonly title: string;
  /** What it is, in words: "the probability of the given label". */
  readonly about: string;
  readonly source: ScoreSource;
  /** Over the images whose true label is known and that have a score; absent where no true label is known. */
  readonly quality?: RankingQuality;
}

/** An image of the ranking; labels by their names. */
export interface RankedImage {
  readonly id: string;
  readonly given: string;
  readonly current: string;
  readonly truth: string | undefined;
  /** One per score column; undefined for an image that was never drawn. */
  readonly scores: readonly (number | undefined)[];
  readonly changedEpochs: readonly number[];
}

export interface LabelReport {
  /** The run's folder under runs/. */
  readonly id: string;
  /** "RAF-DB, linear, seed 0". */
  readonly title: string;
  /** The title of the data set, as in the provenance. */
  readonly dataset: string;
  readonly kind: DataKind;
  /** By name, in the order of the class indices. */
  readonly classes: readonly string[];
  /** [K] training images of each given class. */
  readonly imagesByClass: readonly number[];
  readonly scores: readonly ScoreColumn[];
  /** The place among `scores` of the one that ranks. */
  readonly rankedBy: number;
  /** The most doubtful labels, first of all; may be empty. */
  readonly ranked: readonly RankedImage[];
  /** Absent of a run that does not relabel. */
  readonly flow?: LabelFlow;
  /** The number of folds that the out-of-sample scores come from. */
  readonly folds?: number;
}

/**
 * The scores against known wrong labels, if there are any known; below them the most doubtful labels and the changes.
 * Throws a RangeError if the provenance does not describe the run's data.
 */
export function labelsTable(report: LabelReport, provenance: Provenance): Table {
  const about = { ...dataCells("labelsTable", report, provenance), runs: list([report.id]) };
  const known = report.scores.some(({ quality }) => quality !== undefined);
  return {
    title: `Labels of ${report.title}`,
    columns: [datasetColumn, ...scoreColumns, ...dataColumns],
    rows: report.scores.flatMap(({ title, source, quality }) =>
      quality === undefined
        ? []
        : [{ dataset: report.dataset, cells: { ...about, ...scoreCells(title, source, quality) } }],
    ),
    appendices: [
      ...(report.ranked.length > 0 ? [rankingAppendix(report)] : []),
      ...(report.flow ? [flowAppendix(report, report.flow)] : []),
    ],
    legend: legendOf(report, known),
    notes: [
      ...(known
        ? []
        : [
            "The true labels of these images are not known: how well the scores find wrong ones cannot be measured here.",
          ]),
      ...(report.flow
        ? []
        : ["This run does not relabel: no label was changed, so there is no flow of changes."]),
    ],
    provenance,
  };
}

function scoreCells(
  title: string,
  source: ScoreSource,
  { auroc, averagePrecision, k, n }: RankingQuality,
): Cells {
  return {
    score: text(title),
    source: text(source.replaceAll("-", " ")),
    auroc_text: auroc === undefined ? undefined : text(auroc.toFixed(3)),
    ap_text: averagePrecision === undefined ? undefined : text(averagePrecision.toFixed(3)),
    auroc: auroc === undefined ? undefined : number(auroc),
    average_precision: averagePrecision === undefined ? undefined : number(averagePrecision),
    wrong: { kind: "count", k, n },
  };
}

const scoreColumns: readonly Column[] = [
  { key: "score", title: "Score", kind: "text" },
  { key: "source", title: "Probabilities", kind: "text" },
  { key: "auroc_text", title: "AUROC", kind: "text", only: "markdown" },
  { key: "ap_text", title: "Average precision", kind: "text", only: "markdown" },
  { key: "auroc", title: "AUROC", kind: "number", only: "csv" },
  { key: "average_precision", title: "Average precision", kind: "number", only: "csv" },
  { key: "wrong", title: "Wrong labels (%)", kind: "count" },
];

function legendOf({ scores, folds, flow }: LabelReport, known: boolean): readonly string[] {
  const abouts = new Map(scores.map(({ title, about }) => [title, about]));
  return [
    ...(known
      ? [
          "AUROC: the probability that a wrong label is ranked before a right one, ties counting half; 0.5 is a random order.",
          "Average precision: the mean, over the wrong labels, of the share of wrong labels from the top of the ranking down to each. A random order has about the share in the last column.",
        ]
      : []),
    ...[...abouts].map(([title, about]) => `${title}: ${about}.`),
    "All scores are those of the given label; the lower, the more doubtful it is.",
    "In sample: from the training steps of the run itself, of its last epoch and, for AUM, of all epochs. The network has been trained on these labels, right or wrong.",
    ...(folds === undefined
      ? []
      : [
          `Out of sample: from ${folds} runs of the same configuration without relabelling. Each is trained without ${partOf(folds)} of the images and predicts it with the weights of its last epoch.`,
        ]),
    ...(flow ? ["Now: the label after relabelling."] : []),
  ];
}

/** "one fifth", "one of 10 parts". */
function partOf(folds: number): string {
  const part = ["half", "third", "quarter", "fifth"][folds - 2];
  return part === undefined ? `one of ${folds} parts` : `one ${part}`;
}

function rankingAppendix({ scores, rankedBy, ranked, flow }: LabelReport): Appendix {
  const known = ranked.some(({ truth }) => truth !== undefined);
  const { title, source } = scores[rankedBy]!;
  const twice = scores.some((other) => other.title === title && other.source !== source);
  return {
    heading: "The most doubtful labels",
    text: `Ranked by: ${title}${twice ? `, ${source.replaceAll("-", " ")}` : ""}. ranking.csv has all images.`,
    columns: [
      { key: "rank", title: "", kind: "number" },
      { key: "id", title: "Image", kind: "text" },
      { key: "given", title: "Given", kind: "text" },
      ...(flow ? [{ key: "current", title: "Now", kind: "text" } as const] : []),
      ...(known ? [{ key: "truth", title: "True", kind: "text" } as const] : []),
      ...scores.map((score, i) => ({
        key: `score ${i}`,
        title: score.source === "out-of-sample" ? `${score.title}, out of sample` : score.title,
        kind: "text" as const,
      })),
      ...(flow ? [{ key: "epochs", title: "Changed in epoch", kind: "text" } as const] : []),
    ],
    rows: ranked.map((image, i) => ({
      rank: number(i + 1),
      id: text(image.id),
      given: text(image.given),
      current: text(image.current),
      truth: image.truth === undefined ? undefined : text(image.truth),
      ...Object.fromEntries(
        image.scores.map((score, j) => [
          `score ${j}`,
          score === undefined ? undefined : text(score.toFixed(3).replace("-", "−")),
        ]),
      ),
      epochs: image.changedEpochs.length === 0 ? undefined : list(image.changedEpochs),
    })),
  };
}

function flowAppendix({ classes, imagesByClass }: LabelReport, flow: LabelFlow): Appendix {
  const sums = flow.map((row) => row.reduce((n, { count }) => n + count, 0));
  return {
    heading: "Changes by class",
    text: "Rows are given labels, columns the labels after relabelling. Where true labels are known, a cell says how many changes are right.",
    columns: [
      { key: "given", title: "Given", kind: "text" },
      ...classes.map((name) => ({ key: `to ${name}`, title: name, kind: "text" as const })),
      { key: "changed", title: "Changed", kind: "text" },
    ],
    rows: flow.map((row, i) => ({
      given: text(classes[i]!),
      ...Object.fromEntries(
        row.map((cell, j) => [`to ${classes[j]}`, i === j ? undefined : text(flowWords(cell))]),
      ),
      changed: text(`${sums[i]} of ${imagesByClass[i]}${share(sums[i]!, imagesByClass[i]!)}`),
    })),
  };
}

/** " (11.8 %)" */
function share(k: number, n: number): string {
  return n === 0 ? "" : ` (${percent(k / n)} %)`;
}

/** "12", "12 (10 right)", "12 (10 of 11 right)". */
function flowWords({ count, known, right }: FlowCell): string {
  if (known === 0) return String(count);
  return `${count} (${right}${known < count ? ` of ${known}` : ""} right)`;
}

/** The changes, one row per given and new class, for its CSV. Throws as `labelsTable` does. */
export function labelFlowTable(
  report: LabelReport & { readonly flow: LabelFlow },
  provenance: Provenance,
): Table {
  const { id, title, dataset, classes, imagesByClass, flow } = report;
  const about = { ...dataCells("labelFlowTable", report, provenance), runs: list([id]) };
  return {
    title: `Changes of labels of ${title}`,
    columns: [
      datasetColumn,
      { key: "given", title: "Given", kind: "text" },
      { key: "current", title: "Now", kind: "text" },
      { key: "changed", title: "Changed", kind: "number" },
      { key: "known", title: "True label known", kind: "number" },
      { key: "right", title: "Right now", kind: "number" },
      { key: "images", title: "Images of the given class", kind: "number" },
      ...dataColumns,
    ],
    rows: flow.flatMap((row, i) =>
      row.flatMap(({ count, known, right }, j) =>
        i === j
          ? []
          : [
              {
                dataset,
                cells: {
                  ...about,
                  given: text(classes[i]!),
                  current: text(classes[j]!),
                  changed: number(count),
                  known: number(known),
                  right: number(right),
                  images: number(imagesByClass[i]!),
                },
              },
            ],
      ),
    ),
    legend: [],
    notes: [],
    provenance,
  };
}
