/**
 * @file The three tables of the noise study: accuracy by kind and rate of label noise, by the epoch in which relabelling
 * begins, and by what it decides on. A kind with a rate stands for a data set.
 */
import { groupBy, percent, sum } from "@mvt/common";
import { conjunction, number } from "../columns.ts";
import { clearSign, differenceWords, pairedDifference, type PairedDifference } from "../paired.ts";
import type { Provenance } from "../provenance.ts";
import type { Column, Table } from "../table.ts";
import { labelTable } from "./label-table.ts";
import {
  type Baseline,
  countsOf,
  isPapers,
  type LabelledRow,
  labellingTitle,
  referencesOf,
} from "./labelling.ts";
import type { Selection } from "./tested-runs.ts";

interface Options {
  readonly select: Selection;
}

export const noiseTable = {
  id: "noise",
  title: "Accuracy by kind and rate of label noise, and by what the labels are",

  /** The table; the rows of one kind and rate have one data set. Throws a RangeError if the provenance contradicts. */
  build(rows: readonly LabelledRow[], provenance: Provenance, options: Options): Table {
    const { id, title } = noiseTable;
    const table = labelTable(rows, provenance, options, { id, title, notesOn: noiseNotes });
    return { ...table, notes: [...summary(rows, options.select), ...table.notes] };
  },
};

/** One line per kind and rate: what wrong labels cost, and the functions that helped most and least. */
function noiseNotes(dataset: string, group: readonly LabelledRow[], select: Selection) {
  const { gap } = referencesOf(group, select);
  const gains = gainsOf(group, select);
  if (gains.length === 0) return [];
  const best = gains.reduce((a, b) => (b.gain.mean > a.gain.mean ? b : a));
  const worst = gains.reduce((a, b) => (b.gain.mean < a.gain.mean ? b : a));
  const words = ({ row, gain }: Gain) =>
    `${labellingTitle(row.labelling)} (${differenceWords(gain)})`;
  const bound = gap ? `true labels ${differenceWords(gap)}; ` : "";
  return [`${dataset}, over labels as given: ${bound}best ${words(best)}, worst ${words(worst)}.`];
}

interface Gain {
  readonly row: LabelledRow;
  /** Over labels as given. */
  readonly gain: PairedDifference;
}

function gainsOf(group: readonly LabelledRow[], select: Selection): readonly Gain[] {
  const { given } = referencesOf(group, select);
  return group.flatMap((row) => {
    if (row.labelling.labels !== "relabelled") return [];
    const gain = pairedDifference(countsOf(row, select), countsOf(given, select));
    return gain ? [{ row, gain }] : [];
  });
}

/** In how many settings relabelling helped and harmed. */
function summary(rows: readonly LabelledRow[], select: Selection): readonly string[] {
  const groups = [...groupBy(rows, ({ dataset }) => dataset).values()];
  const signs = groups.flatMap((group) =>
    gainsOf(group, select).map(({ gain }) => clearSign(gain)),
  );
  if (signs.length === 0) return [];
  const count = (sign: -1 | 1) => signs.filter((each) => each === sign).length;
  return [
    `Of ${signs.length} pairs of noise and function, relabelling raised the accuracy over labels as given by more than 2 standard errors in ${count(1)}, and lowered it by more than 2 in ${count(-1)}.`,
  ];
}

const startColumns: readonly Column[] = [
  { key: "start", title: "Start epoch", kind: "number" },
  { key: "start_accuracy", title: "Training accuracy before (%)", kind: "count" },
];

export const noiseStartTable = {
  id: "noise-start",
  title: "When relabelling helps: accuracy by its first epoch and the rate of label noise",

  /** The table; a data set stands for a rate, and its relabelled rows differ in their first epoch. */
  build(rows: readonly LabelledRow[], provenance: Provenance, options: Options): Table {
    const { id, title } = noiseStartTable;
    return labelTable(rows, provenance, options, {
      id,
      title,
      columns: startColumns,
      cellsOf: (row) => {
        const { epoch, accuracy } = startOf(row);
        return {
          start: epoch === undefined ? undefined : number(epoch),
          start_accuracy: accuracy && { kind: "count", ...accuracy },
        };
      },
      words: {
        start_accuracy:
          "Training accuracy before: of the training images in the epoch before relabelling begins, the fraction that is classified as its given label says. The paper asks for about 90 %.",
      },
      notesOn: startNotes,
    });
  },
};

/** The first epoch that relabels, and the training accuracy before it, pooled over seeds. */
export function startOf({ runs }: LabelledRow) {
  const starts = runs.flatMap(({ relabelStart }) => relabelStart ?? []);
  const counts = starts.flatMap(({ trainAccuracy }) => trainAccuracy ?? []);
  return {
    epoch: starts[0]?.epoch,
    accuracy:
      counts.length === 0
        ? undefined
        : { k: sum(counts.map(({ k }) => k)), n: sum(counts.map(({ n }) => n)) },
  };
}

/** The epochs in which relabelling may begin, at the accuracies reached there. */
function startNotes(dataset: string, group: readonly LabelledRow[], select: Selection) {
  const gains = gainsOf(group, select);
  if (gains.length === 0) return [];
  const starts = (sign: -1 | 1) => {
    const epochs = gains
      .filter(({ gain }) => clearSign(gain) === sign)
      .map(({ row }) => String(startOf(row).epoch));
    if (epochs.length === 0) return "no epoch";
    return `epoch${epochs.length > 1 ? "s" : ""} ${conjunction.format(epochs)}`;
  };
  const reached = gains.flatMap(({ row }) => startOf(row).accuracy ?? []);
  const lastStart = Math.max(...gains.map(({ row }) => startOf(row).epoch ?? 0));
  const highest = reached.reduce((most, { k, n }) => Math.max(most, k / n), 0);
  return [
    `${dataset}: relabelling from ${starts(1)} helps, from ${starts(-1)} harms, by more than 2 standard errors. The highest training accuracy before a start is ${percent(highest)} %, so the rule of 90 % ${highest >= 0.9 ? "could be kept" : `would not have let it begin by epoch ${lastStart}`}.`,
  ];
}

/** The paper's own: the sigmoid function on the outputs of the training step. */
const papersDecider: Baseline = {
  name: "sigmoid",
  is: (row) =>
    isPapers(row, "sigmoid") &&
    row.labelling.labels === "relabelled" &&
    row.labelling.predictions === undefined,
};

export const noiseDecidersTable = {
  id: "noise-deciders",
  title: "What relabelling decides on: probabilities and functions",

  /** The table; the paper's sigmoid on the outputs of the training step is what the others are compared with. */
  build(rows: readonly LabelledRow[], provenance: Provenance, options: Options): Table {
    const { id, title } = noiseDecidersTable;
    return labelTable(rows, provenance, options, {
      id,
      title,
      baseline: papersDecider,
      comparedWith: "baseline",
      words: {
        delta:
          "Predictions: none named means the outputs of the training step, as in the paper; pass is an evaluation pass at the end of each epoch; average is the moving average of an image's probabilities over epochs.",
      },
      notesOn: deciderNotes,
    });
  },
};

function deciderNotes(dataset: string, group: readonly LabelledRow[], select: Selection) {
  const { baseline } = referencesOf(group, select, papersDecider);
  return group.flatMap((row) => {
    if (row.labelling.labels !== "relabelled" || row === baseline) return [];
    const difference = pairedDifference(countsOf(row, select), countsOf(baseline, select));
    if (difference === undefined) return [];
    const verb = { 1: "beats", 0: "cannot be told from", [-1]: "is worse than" }[
      clearSign(difference)
    ];
    return [
      `${dataset}: ${labellingTitle(row.labelling)} ${verb} the paper's sigmoid (${differenceWords(difference)} points).`,
    ];
  });
}

/** Of each relabelled row: its first epoch, the training accuracy before it, and the gain over labels as given. */
export function startGains(group: readonly LabelledRow[], select: Selection) {
  return gainsOf(group, select).flatMap(({ row, gain }) => {
    const { epoch, accuracy } = startOf(row);
    if (epoch === undefined) return [];
    return [{ epoch, trainAccuracy: accuracy && accuracy.k / accuracy.n, gain }];
  });
}
