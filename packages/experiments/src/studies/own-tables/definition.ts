/** @file What a table of one's own is, as its author writes it. */
import type { DatasetName, NoiseKind } from "@mvt/datasets";
import type { LabelledPredictions, Selection } from "@mvt/report";
import type { ClassifierResult, EpochMetrics } from "../../runs/result.ts";
import type { ClassifierConfig } from "../../settings/run-config.ts";
import type { SettingChanges } from "../../settings/setting-paths.ts";
import type { PlanRequest } from "../planner.ts";

/** The options of relabelling, labels and masks that a row can have, by their names on the command line. */
export const rowOptions = [
  "delta",
  "reference",
  "predictions",
  "relabelStart",
  "minTrainAccuracy",
  "validationLabels",
  "maskForm",
] as const satisfies readonly (keyof PlanRequest)[];

/** Values of these options; they mean the same as on the command line. */
export type RowOptions = Partial<Pick<PlanRequest, (typeof rowOptions)[number]>>;

/** One row: a name, and how its runs differ from those that train by the scale's settings alone. */
export interface TableRow extends RowOptions {
  /** What the table calls it, such as "twice as long". */
  readonly name: string;
  /** Settings by their paths, as `--set` takes them: `{ epochs: 20, "schedule.learningRate": 1e-4 }`. */
  readonly set?: SettingChanges;
  /**
   * Relabel with this f, as `--threshold` names it: `"sigmoid:k=20"`, `"./my-threshold.ts"`. Paths start at the folder of
   * the table's file. No relabelling if absent.
   */
  readonly threshold?: string;
  /** Mask the images with a generator that is trained for this m first, between 0 and 1. No masks if absent. */
  readonly m?: number;
  /** Train on the labels as they are given, or on the true ones where they are known. Default "given". */
  readonly labels?: "given" | "true";
  /** Make a share of the training labels wrong, from 0 to 1. As the command line says if absent. */
  readonly noise?: {
    readonly rate: number;
    /** Default "symmetric". */
    readonly kind?: Exclude<NoiseKind, "instance">;
    /** Default 0. */
    readonly seed?: number;
  };
  /** Only on these of the table's data sets. On all if absent. */
  readonly datasets?: readonly DatasetName[];
}

/** A finished run, as the columns of an author see it. */
export interface TableRun {
  /** The content of its result.json: accuracies as k of n, and what relabelling changed. */
  readonly result: ClassifierResult;
  /** All that its result depends on. */
  readonly config: ClassifierConfig;
  /** One entry per epoch: loss, training and validation accuracy. */
  readonly epochs: readonly EpochMetrics[];
  /** What it says of each test image, with the weights of the validation-chosen epoch. */
  readonly predictions?: LabelledPredictions;
}

/** A further column, a number of each run. The table shows its mean and standard deviation over seeds. */
export interface TableColumn {
  /** The heading, with the unit: "Loss of the last epoch". */
  readonly title: string;
  /** How to read it, in a sentence below the table. */
  readonly about?: string;
  /** "percent" prints 0.853 as 85.3, "number" as it is, with three decimals. Default "number". */
  readonly unit?: "percent" | "number";
  /** The number of one run; undefined where there is none. The cell is empty if any run of the row has none. */
  readonly value: (run: TableRun) => number | undefined;
}

/** A table of one's own: which classifiers are compared, and what is shown of them. */
export interface TableDefinition {
  /** The name of its files: `learning-rates` gives learning-rates.md. Lower-case letters, digits, "-". */
  readonly name: string;
  /** What it compares, in a sentence: the heading. */
  readonly about: string;
  /** In the order to print. Names differ. */
  readonly rows: readonly TableRow[];
  /** The name of the row that the others are compared with. Default: the first. */
  readonly base?: string;
  /** Every row is trained on each, unless `--datasets` says otherwise. Default: RAF-DB. */
  readonly datasets?: readonly DatasetName[];
  /** Runs per row, unless `--seeds` says otherwise. Default: the scale's number. */
  readonly seeds?: number;
  /** The epoch whose accuracy is shown, unless `--select` says otherwise. Default "validation". */
  readonly select?: Selection;
  /** Further columns, by their names in the CSV: lower-case letters, digits, "_". */
  readonly columns?: Readonly<Record<string, TableColumn>>;
}

/**
 * Declares a table of one's own, so that the editor completes and checks it. The file exports it by default, and
 * `pnpm exp table FILE` plans its runs, trains those that are missing and writes the table.
 *
 *     export default defineTable({
 *       name: "learning-rates",
 *       about: "Accuracy by learning rate",
 *       rows: [
 *         { name: "the scale's" },
 *         { name: "half", set: { "schedule.learningRate": 5e-4 } },
 *       ],
 *     });
 *
 * Accuracy as k of n, its spread, UAR and the paired difference to the base row are columns of every table.
 */
export function defineTable(definition: TableDefinition): TableDefinition {
  return definition;
}
