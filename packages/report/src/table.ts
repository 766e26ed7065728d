/** @file The data model of a report table. Cells have types, so that one table prints as Markdown and as CSV. */
import type { Accuracy, Count } from "./accuracy.ts";
import type { Provenance } from "./provenance.ts";
import type { Estimate, ValuesBySeed } from "./statistics.ts";

export type Cell =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  /** One value per seed, by ascending seed. */
  | { readonly kind: "list"; readonly values: readonly (number | string)[] }
  | Accuracy
  /** k of n that is not an accuracy on the test set, pooled over seeds. */
  | ({ readonly kind: "count" } & Count)
  | ValuesBySeed
  | EstimateCell
  | PointsCell
  | PaperCell;

/** A metric of one run with its interval, as fractions of one. */
export interface EstimateCell extends Estimate {
  readonly kind: "estimate";
  /** The number of images it was measured on; it decides how many decimals are printed. */
  readonly images: number;
  /** A difference: printed with its sign, in percentage points. */
  readonly signed?: true;
}

/** A difference of two accuracies, or a share that may be negative: a fraction of one, printed in percent. */
export interface PointsCell {
  readonly kind: "points";
  readonly value: number;
}

/** A number that the paper prints, in percent. It appears in tables of real data only. */
export interface PaperCell {
  readonly kind: "paper";
  readonly percent: number;
  /** Default 2. */
  readonly decimals?: number;
  /** The paper's footnote marks: "†*". */
  readonly marks?: string;
}

export interface Column {
  /** Names the cell within a row, and the column or columns of the CSV. */
  readonly key: string;
  /** The heading in Markdown. */
  readonly title: string;
  readonly kind: Cell["kind"];
  /** Absent: in both. Columns of the paper's numbers never reach the CSV. */
  readonly only?: "markdown" | "csv";
}

/** By column key; a missing or undefined cell is one whose value is unknown. */
export type Cells = Readonly<Record<string, Cell | undefined>>;

export interface Row {
  /** The title of one of the provenance's data sets; absent if the row belongs to none. */
  readonly dataset?: string;
  readonly cells: Cells;
  /** A line of the paper, not measured here. The CSV leaves it out. */
  readonly published?: true;
}

/** A further table below the main one, in Markdown only. Its paper columns are printed on any data. */
export interface Appendix {
  readonly heading: string;
  /** What it shows, in sentences. */
  readonly text?: string;
  readonly columns: readonly Pick<Column, "key" | "title" | "kind">[];
  readonly rows: readonly Cells[];
}

export interface Table {
  readonly title: string;
  /** What came out and how sure it is, in a sentence or two before the table. */
  readonly lead?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly appendices?: readonly Appendix[];
  /** How to read the columns. */
  readonly legend: readonly string[];
  /** What to keep in mind about these numbers. */
  readonly notes: readonly string[];
  readonly provenance: Provenance;
}
