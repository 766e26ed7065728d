/**
 * @file Table 1 of the paper: accuracy by mask ratio m, without relabelling.
 */
import type { PaperTable } from "./paper-table.ts";

interface Table1Result {
  readonly dataset: "RAF-DB" | "FERPlus";
  /** The share of the picture that is removed; 0 is the baseline without MGN. */
  readonly m: 0 | 0.1 | 0.15 | 0.2;
  /** Accuracy on the test set. */
  readonly percent: number;
  /** As printed, where that is not two. */
  readonly decimals?: number;
}

export const table1: PaperTable<Table1Result> = {
  table: "Table 1",
  section: "section 4.3",
  caption: "Evaluation of the mask ratio m on FERPlus and RAF-DB",
  results: [
    { dataset: "RAF-DB", m: 0, percent: 86.7, decimals: 1 }, // Table 3 prints 86.67
    { dataset: "RAF-DB", m: 0.1, percent: 87.52 },
    { dataset: "RAF-DB", m: 0.15, percent: 87.91 },
    { dataset: "RAF-DB", m: 0.2, percent: 87.45 },
    { dataset: "FERPlus", m: 0, percent: 87.92 },
    { dataset: "FERPlus", m: 0.1, percent: 88.45 },
    { dataset: "FERPlus", m: 0.15, percent: 88.58 },
    { dataset: "FERPlus", m: 0.2, percent: 88.88 },
  ],
};
