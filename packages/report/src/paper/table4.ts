/**
 * @file Table 4 of the paper: the accuracies of other methods beside its own, as it quotes them.
 *
 * On AffectNet they are mean class accuracies (section 4.1).
 */
import type { PaperResult } from "./paper-result.ts";
import type { PaperTable } from "./paper-table.ts";

interface Table4Result extends PaperResult {
  /** In part (c) the paper marks AffectNet-7 by †; the others are AffectNet-8. */
  readonly dataset: "RAF-DB" | "FERPlus" | "AffectNet-7" | "AffectNet-8";
  readonly year: number;
  /** ° in print: the faces were aligned once more. */
  readonly alignment?: true;
  /** * in print: rare classes of the training set were drawn more often. */
  readonly oversampling?: true;
}

const oversampling = true;

export const table4: PaperTable<Table4Result> = {
  table: "Table 4",
  section: "section 4.4",
  caption: "Comparisons with the state-of-the-art results",
  results: [
    // (a)
    { dataset: "RAF-DB", method: "FSN", reference: 38, year: 2018, percent: 81.14 },
    { dataset: "RAF-DB", method: "gACNN", reference: 26, year: 2018, percent: 85.07 },
    { dataset: "RAF-DB", method: "RAN", reference: 27, year: 2020, percent: 86.9 },
    { dataset: "RAF-DB", method: "SCN", reference: 18, year: 2020, percent: 87.03 },
    { dataset: "RAF-DB", method: "DSAN-VGG-RACE", reference: 39, year: 2020, percent: 85.37 },
    { dataset: "RAF-DB", method: "SPWFA-SE", reference: 40, year: 2020, percent: 86.31 },
    { dataset: "RAF-DB", method: "CVT", reference: 41, year: 2021, percent: 88.14 },
    { dataset: "RAF-DB", method: "EfficientFace", reference: 28, year: 2021, percent: 88.36 },
    { dataset: "RAF-DB", method: "MVT", m: 0.15, f: "sigmoid", year: 2021, percent: 88.62 },
    // (b)
    {
      dataset: "FERPlus",
      method: "ResNet+VGG",
      reference: 42,
      year: 2017,
      percent: 87.4,
      decimals: 1,
    },
    { dataset: "FERPlus", method: "SHCNN", reference: 43, year: 2019, percent: 86.54 },
    { dataset: "FERPlus", method: "LDR", reference: 44, year: 2020, percent: 87.6, decimals: 1 },
    { dataset: "FERPlus", method: "RAN", reference: 27, year: 2020, percent: 87.85 },
    {
      dataset: "FERPlus",
      method: "RAN",
      reference: 27,
      year: 2020,
      percent: 88.55,
      alignment: true,
    },
    { dataset: "FERPlus", method: "SCN", reference: 18, year: 2020, percent: 88.01 },
    { dataset: "FERPlus", method: "CVT", reference: 41, year: 2021, percent: 88.81 },
    { dataset: "FERPlus", method: "MVT", m: 0.2, f: "quadratic", year: 2021, percent: 89.22 },
    // (c), † in print
    { dataset: "AffectNet-7", method: "IPA2LT", reference: 45, year: 2018, percent: 55.11 },
    { dataset: "AffectNet-7", method: "gACNN", reference: 26, year: 2018, percent: 58.78 },
    { dataset: "AffectNet-7", method: "SPWFA-SE", reference: 40, year: 2020, percent: 59.23 },
    {
      dataset: "AffectNet-7",
      method: "DDA-Loss",
      reference: 46,
      year: 2020,
      percent: 62.34,
      oversampling,
    },
    {
      dataset: "AffectNet-7",
      method: "EfficientFace",
      reference: 28,
      year: 2021,
      percent: 63.7,
      decimals: 1,
      oversampling,
    },
    { dataset: "AffectNet-7", method: "MVT", m: 0.15, year: 2021, percent: 64.57, oversampling },
    // (c), without †
    { dataset: "AffectNet-8", method: "RAN", reference: 27, year: 2020, percent: 52.97 },
    {
      dataset: "AffectNet-8",
      method: "RAN",
      reference: 27,
      year: 2020,
      percent: 59.5,
      decimals: 1,
      oversampling,
    },
    {
      dataset: "AffectNet-8",
      method: "SCN",
      reference: 18,
      year: 2020,
      percent: 60.23,
      oversampling,
    },
    {
      dataset: "AffectNet-8",
      method: "CVT",
      reference: 41,
      year: 2021,
      percent: 61.85,
      oversampling,
    },
    {
      dataset: "AffectNet-8",
      method: "EfficientFace",
      reference: 28,
      year: 2021,
      percent: 59.89,
      oversampling,
    },
    { dataset: "AffectNet-8", method: "MVT", m: 0.15, year: 2021, percent: 61.4, oversampling },
  ],
};
