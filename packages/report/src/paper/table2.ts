/**
 * @file Table 2 of the paper: accuracy by relabelling threshold function, without MGN.
 */
import type { PaperTable } from "./paper-table.ts";

interface Table2Result {
  readonly dataset: "RAF-DB" | "FERPlus";
  readonly f: "constant" | "linear" | "quadratic" | "sigmoid";
  /** Accuracy on the test set. */
  readonly percent: number;
}

export const table2: PaperTable<Table2Result> = {
  table: "Table 2",
  section: "section 4.3",
  caption: "Comparisons between different dynamic relabel functions",
  results: [
    { dataset: "RAF-DB", f: "constant", percent: 86.86 },
    { dataset: "RAF-DB", f: "linear", percent: 87.09 },
    { dataset: "RAF-DB", f: "quadratic", percent: 87.2 },
    { dataset: "RAF-DB", f: "sigmoid", percent: 87.45 },
    { dataset: "FERPlus", f: "constant", percent: 88.22 },
    { dataset: "FERPlus", f: "linear", percent: 88.32 },
    { dataset: "FERPlus", f: "quadratic", percent: 88.68 },
    { dataset: "FERPlus", f: "sigmoid", percent: 88.52 },
  ],
};
