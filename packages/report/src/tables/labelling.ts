/**
 * @file What the labels are that a classifier learns from: as given, changed by relabelling, or the true ones. How tables
 * name such rows, and how they compare them.
 */
import { percent, sum } from "@mvt/common";
import type { Count } from "../accuracy.ts";
import { list, number, text } from "../columns.ts";
import { clearSign, differenceWords, listDifferences, pairedDifference } from "../paired.ts";
import type { PairedDifference, SeedCount } from "../paired.ts";
import type { Cells, Column } from "../table.ts";
import { parameterList, type ThresholdLabel } from "./configuration.ts";
import {
  bySeed,
  type Selection,
  selectedCount,
  type TestedRow,
  type TestedRun,
} from "./tested-runs.ts";

export type Labelling =
  /** No relabelling. */
  | { readonly labels: "given" }
  /** The labels that were given, but for the wrong ones: what perfect relabelling could reach. */
  | { readonly labels: "true" }
  | {
      readonly labels: "relabelled";
      readonly f: ThresholdLabel;
      /** δ of Eq. 6, the lower limit of the threshold. */
      readonly delta: number;
      /** Which probabilities it decides on, if they are not those of the training step: "average". */
      readonly predictions?: string;
      /** The first epoch that relabels, where rows differ in it. */
      readonly startEpoch?: number;
    };

/** What relabelling did to the training labels. The counts need the true labels. */
export interface RelabelOutcome {
  /** Samples whose label at the end differs from the given one. */
  readonly changed: number;
  /** Of the changed labels, those that are now correct. */
  readonly precision?: Count;
  /** Of the labels that were given wrong, those that are now correct. */
  readonly recall?: Count;
  /** Of the labels that were given right, those that are now wrong. */
  readonly harm?: Count;
  /** Of all training labels, those that are correct as given, and at the end. */
  readonly correctBefore?: Count;
  readonly correctAfter?: Count;
}

/** When relabelling began: the first epoch that may relabel, and what the epoch before got right. */
export interface RelabelStart {
  readonly epoch: number;
  /** Of the training images in the epoch before, on the labels as given. Absent if there is no such epoch. */
  readonly trainAccuracy?: Count;
}

export interface LabelledRun extends TestedRun {
  readonly relabel?: RelabelOutcome;
  readonly relabelStart?: RelabelStart;
}

/** One kind of labels on one data set, with every seed it was run with. */
export interface LabelledRow extends TestedRow<LabelledRun> {
  readonly labelling: Labelling;
}

const paperOrder = ["constant", "linear", "quadratic", "sigmoid"];

/** Whether a row is this one of the paper's four functions, with whatever parameters. */
export function isPapers({ labelling }: LabelledRow, name: string): boolean {
  return labelling.labels === "relabelled" && !labelling.f.plugin && labelling.f.name === name;
}

/**
 * The rows of one data set in the order to print: labels as given, the paper's four functions, plugins and further
 * variants as they come, true labels. `inPaper`: the first row with one of the four functions.
 */
export function inPaperOrder<Row extends LabelledRow>(
  group: readonly Row[],
): readonly { readonly row: Row; readonly inPaper: boolean }[] {
  const given = group.filter(({ labelling }) => labelling.labels === "given");
  const right = group.filter(({ labelling }) => labelling.labels === "true");
  const four = paperOrder.flatMap((name) => group.find((row) => isPapers(row, name)) ?? []);
  const others = group.filter((row) => ![...given, ...right, ...four].includes(row));
  return [...given, ...four, ...others, ...right].map((row) => ({
    row,
    inPaper: four.includes(row),
  }));
}

/** "Labels as given", "Constant (baseline)", "Sigmoid (k=10, x0=0.5)", "exponent (plugin, power=3)", "True labels". */
export function labellingTitle(labelling: Labelling): string {
  if (labelling.labels === "given") return "Labels as given";
  if (labelling.labels === "true") return "True labels";
  const { f, predictions, startEpoch } = labelling;
  const known = !f.plugin && paperOrder.includes(f.name);
  const name = known ? f.name.charAt(0).toUpperCase() + f.name.slice(1) : f.name;
  const role = f.plugin ? "plugin" : f.name === "constant" ? "baseline" : "";
  const remarks = [
    role,
    parameterList(f, ", "),
    predictions === undefined ? "" : `predictions: ${predictions}`,
    startEpoch === undefined ? "" : `from epoch ${startEpoch}`,
  ].filter(Boolean);
  return remarks.length === 0 ? name : `${name} (${remarks.join(", ")})`;
}

export const labellingColumns: readonly Column[] = [
  { key: "title", title: "Labels, f", kind: "text", only: "markdown" },
  { key: "labels", title: "Labels", kind: "text", only: "csv" },
  { key: "f", title: "f", kind: "text", only: "csv" },
  { key: "parameters", title: "Parameters", kind: "text", only: "csv" },
  { key: "plugin", title: "Plugin", kind: "text", only: "csv" },
  { key: "delta", title: "δ", kind: "number" },
];

/** The cells of `labellingColumns`. */
export function labellingCells(labelling: Labelling): Cells {
  const { labels } = labelling;
  const named = { title: text(labellingTitle(labelling)), labels: text(labels) };
  if (labels !== "relabelled") return named;
  const { f, delta } = labelling;
  return {
    ...named,
    f: text(f.name),
    parameters: text(parameterList(f, ",")),
    plugin: text(String(f.plugin)),
    delta: number(delta),
  };
}

/** The counts of a row's runs at the chosen epoch. */
export function countsOf(row: LabelledRow | undefined, select: Selection): readonly SeedCount[] {
  return (row?.runs ?? []).map((run) => ({ seed: run.seed, ...selectedCount(run, select) }));
}

/** What a data set's rows are compared with. */
export interface References {
  readonly given: LabelledRow | undefined;
  readonly baseline: LabelledRow | undefined;
  readonly truth: LabelledRow | undefined;
  /** How much higher true labels are than labels as given. */
  readonly gap: PairedDifference | undefined;
}

/** The row that functions are compared with: SCN's constant one, unless a table says otherwise. */
export interface Baseline {
  /** "constant" */
  readonly name: string;
  /** Whether a row is this one. */
  readonly is: (row: LabelledRow) => boolean;
}

export const constantBaseline: Baseline = {
  name: "constant",
  is: (row) => isPapers(row, "constant"),
};

/** The rows of one data set that the others are compared with. */
export function referencesOf(
  group: readonly LabelledRow[],
  select: Selection,
  { is }: Baseline = constantBaseline,
): References {
  const given = group.find(({ labelling }) => labelling.labels === "given");
  const truth = group.find(({ labelling }) => labelling.labels === "true");
  const gap = pairedDifference(countsOf(truth, select), countsOf(given, select));
  return { given, baseline: group.find((row) => is(row)), truth, gap };
}

/** `baseline`: its name. */
export const comparisonColumns = (baseline: string): readonly Column[] => [
  {
    key: "to_baseline_text",
    title: `Minus ${baseline} (points)`,
    kind: "text",
    only: "markdown",
  },
  { key: "to_baseline", title: `Minus ${baseline}`, kind: "points", only: "csv" },
  { key: "to_baseline_se", title: `Minus ${baseline}, SE`, kind: "points", only: "csv" },
  { key: "to_given_text", title: "Minus as given (points)", kind: "text", only: "markdown" },
  { key: "to_given", title: "Minus as given", kind: "points", only: "csv" },
  { key: "to_given_se", title: "Minus as given, SE", kind: "points", only: "csv" },
  { key: "gap_text", title: "Gap recovered (%)", kind: "text", only: "markdown" },
  { key: "gap_recovered", title: "Gap recovered", kind: "points", only: "csv" },
];

/** Differences to the baseline and to the labels as given, and how much of the gap to the truth is closed. */
export function comparisonCells(
  row: LabelledRow,
  { given, baseline, gap }: References,
  select: Selection,
): Cells {
  const counts = countsOf(row, select);
  const toBaseline =
    row === baseline ? undefined : pairedDifference(counts, countsOf(baseline, select));
  const toGiven = row === given ? undefined : pairedDifference(counts, countsOf(given, select));
  const recovered =
    gap && toGiven && clearSign(gap) === 1 && row.labelling.labels === "relabelled"
      ? toGiven.mean / gap.mean
      : undefined;
  return {
    ...differenceCells("to_baseline", toBaseline),
    ...differenceCells("to_given", toGiven),
    gap_text: recovered === undefined ? undefined : text(percent(recovered, 0).replace("-", "−")),
    gap_recovered: recovered === undefined ? undefined : inPoints(recovered),
  };
}

const inPoints = (value: number) => ({ kind: "points", value }) as const;

function differenceCells(key: string, difference: PairedDifference | undefined): Cells {
  if (difference === undefined) return {};
  const { mean, standardError } = difference;
  return {
    [`${key}_text`]: text(differenceWords(difference)),
    [key]: inPoints(mean),
    [`${key}_se`]: standardError === undefined ? undefined : inPoints(standardError),
  };
}

export const comparisonWords = {
  title:
    "Labels, f: the labels that the classifier learns from. As given: no relabelling. A function f: relabelling by Eq. 6. True labels: every label is right; this is what perfect relabelling could reach.",
  to_baseline_text:
    "Minus: the difference to that row in accuracy, paired by seed; after ± follows its standard error s/√S over S seeds. It is the error of training, on this one test set.",
  gap_text:
    "Gap recovered: how much of the difference between true labels and labels as given a function makes good. It is left out where that difference is not larger than 2 standard errors.",
};

export const outcomeColumns: readonly Column[] = [
  { key: "relabelled", title: "Labels changed", kind: "list" },
  { key: "relabel_precision", title: "Precision (%)", kind: "count" },
  { key: "relabel_recall", title: "Recall (%)", kind: "count" },
  { key: "relabel_harm", title: "Harm (%)", kind: "count" },
  { key: "correct_before", title: "Correct labels before (%)", kind: "count" },
  { key: "correct_after", title: "Correct labels after (%)", kind: "count" },
];

export const outcomeWords = {
  relabelled:
    "Labels changed: the number of training labels that differ from the given ones after the last epoch, by seed.",
  relabel_precision: "Precision: of the changed labels, the fraction that is now correct.",
  relabel_recall: "Recall: of the labels that were given wrong, the fraction that is now correct.",
  relabel_harm: "Harm: of the labels that were given right, the fraction that is now wrong.",
  correct_after:
    "Correct labels: of all training labels, the fraction that is correct, before the first epoch and after the last.",
};

/** Counts are pooled over seeds, and left out if any run does not know them. */
export function outcomeCells({ runs }: LabelledRow): Cells {
  const outcomes = bySeed(runs).map(({ relabel }) => relabel);
  const known = outcomes.filter((outcome) => outcome !== undefined);
  if (known.length < outcomes.length) return {};
  const count = (name: Exclude<keyof RelabelOutcome, "changed">) => {
    const pooled = pool(known, name);
    return pooled && ({ kind: "count", ...pooled } as const);
  };
  return {
    relabelled: list(known.map(({ changed }) => changed)),
    relabel_precision: count("precision"),
    relabel_recall: count("recall"),
    relabel_harm: count("harm"),
    correct_before: count("correctBefore"),
    correct_after: count("correctAfter"),
  };
}

/** A count added up over runs; undefined if any of them does not know it. */
export function pool(
  outcomes: readonly (RelabelOutcome | undefined)[],
  name: Exclude<keyof RelabelOutcome, "changed">,
): Count | undefined {
  const counts = outcomes.flatMap((outcome) => outcome?.[name] ?? []);
  if (counts.length === 0 || counts.length < outcomes.length) return undefined;
  return { k: sum(counts.map(({ k }) => k)), n: sum(counts.map(({ n }) => n)) };
}

/** Sentences on a data set: what wrong labels cost, and what each function did about it. */
export function labellingNotes(
  dataset: string,
  group: readonly LabelledRow[],
  select: Selection,
): readonly string[] {
  const { given, gap } = referencesOf(group, select);
  const compared = group.flatMap((row) => {
    if (row.labelling.labels !== "relabelled") return [];
    const difference = pairedDifference(countsOf(row, select), countsOf(given, select));
    return difference ? [{ row, name: labellingTitle(row.labelling), difference }] : [];
  });
  const notes = gap ? [`${dataset}: ${gapWords(gap)}`] : [];
  if (compared.length === 0) return notes;
  const several = compared.some(({ difference }) => difference.standardError !== undefined);
  if (!several) {
    const all = listDifferences(compared);
    return [
      ...notes,
      `${dataset}: over labels as given, ${all}. One seed does not tell whether this is more than chance.`,
    ];
  }
  const withSign = (sign: -1 | 0 | 1) =>
    compared.filter(({ difference }) => clearSign(difference) === sign);
  const [helped, same, harmed] = [withSign(1), withSign(0), withSign(-1)];
  const phrases = [
    helped.length > 0 ? `raised the accuracy with ${listDifferences(helped)}` : "",
    same.length > 0 ? `made no clear difference with ${listDifferences(same)}` : "",
    harmed.length > 0
      ? `lowered the accuracy with ${listDifferences(harmed)}${harmConditions(harmed.map(({ row }) => row))}`
      : "",
  ].filter(Boolean);
  return [...notes, `${dataset}: relabelling${startWords(group)} ${phrases.join("; it ")}.`];
}

function gapWords(gap: PairedDifference): string {
  const by = `true labels minus labels as given: ${differenceWords(gap)} points`;
  if (gap.standardError === undefined) return `${by}, with one seed.`;
  const ratio =
    gap.standardError === 0
      ? ""
      : `, ${Math.abs(gap.mean / gap.standardError).toFixed(1)} standard errors`;
  return clearSign(gap) === 1
    ? `${by}${ratio}. Wrong labels cost accuracy here.`
    : `${by}${ratio}. Wrong labels cost no accuracy that these seeds can show, so relabelling has nothing to gain.`;
}

/** ", which began in epoch 8 at a training accuracy of 57.2 % on the labels as given," */
function startWords(group: readonly LabelledRow[]): string {
  const starts = group.flatMap(({ runs }) =>
    runs.flatMap(({ relabelStart }) => relabelStart ?? []),
  );
  const epochs = new Set(starts.map(({ epoch }) => epoch));
  const counts = starts.flatMap(({ trainAccuracy }) => trainAccuracy ?? []);
  if (epochs.size !== 1) return "";
  const [epoch] = epochs;
  const began = `, which began in epoch ${epoch}`;
  if (counts.length === 0) return `${began},`;
  const right = sum(counts.map(({ k }) => k)) / sum(counts.map(({ n }) => n));
  return `${began} at a training accuracy of ${percent(right)} % on the labels as given,`;
}

/** Whether the labels themselves became better or worse where accuracy fell. */
function harmConditions(rows: readonly LabelledRow[]): string {
  const outcomes = rows.flatMap(({ runs }) => runs.map(({ relabel }) => relabel));
  const [before, after] = [pool(outcomes, "correctBefore"), pool(outcomes, "correctAfter")];
  if (before === undefined || after === undefined) return "";
  const [from, to] = [before.k / before.n, after.k / after.n];
  const verb =
    to > from ? "although the share of true labels rose" : "while the share of true labels fell";
  return `, ${verb} from ${percent(from)} to ${percent(to)} %`;
}
