/**
 * @file The data model of a report table: typed cells, so that one table prints as Markdown and as CSV.
 */
import type { Accuracy } from "./accuracy.ts";
import type { Estimate } from "./evaluation/estimate.ts";
import type { Measure } from "./measure.ts";
import type { Provenance } from "./provenance.ts";

/** k of n: a share that is not an accuracy on the test set, pooled over seeds. */
export interface Share {
  readonly k: number;
  readonly n: number;
}

export type Cell =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  /** One number per seed, by ascending seed. */
  | { readonly kind: "list"; readonly values: readonly (number | string)[] }
  | Accuracy
  | ({ readonly kind: "share" } & Share)
  | Measure
  | EstimateCell
  | PaperCell;

/** A measure of one run with its interval, as fractions of one. */
export interface EstimateCell extends Estimate {
  readonly kind: "estimate";
  /** Images that it was measured on: how many decimals mean something. */
  readonly images: number;
  /** A difference: printed with its sign, in percentage points. */
  readonly signed?: true;
}

/** What the paper prints, in percent, to two decimals or as given. In tables beside real data and nowhere else. */
export interface PaperCell {
  readonly kind: "paper";
  readonly percent: number;
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
  /** Absent: in both. Paper columns never reach the CSV. */
  readonly only?: "markdown" | "csv";
}

/** By column key; a missing cell is one whose value is unknown. */
export type Cells = Readonly<Record<string, Cell>>;

export interface Row {
  /** The title of one of the provenance's data sets; absent where the row is of none. */
  readonly dataset?: string;
  readonly cells: Cells;
  /** Nothing of it was measured here: it is a line of the paper, and stays out of the CSV. */
  readonly published?: true;
}

/** A further table below, for people; the CSV does not have it. What the paper prints, it prints as it is. */
export interface Appendix {
  readonly heading: string;
  /** What it is, in sentences. */
  readonly text?: string;
  readonly columns: readonly Pick<Column, "key" | "title" | "kind">[];
  readonly rows: readonly Cells[];
}

export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly appendices?: readonly Appendix[];
  /** How to read the columns. */
  readonly legend: readonly string[];
  /** What to keep in mind about these numbers. */
  readonly notes: readonly string[];
  readonly provenance: Provenance;
}
