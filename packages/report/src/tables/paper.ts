/**
 * @file The paper whose numbers stand in the tables: how they are held, and the methods that it cites.
 *
 * Li, Sui, Zhao, Zha and Wu, "MVT: Mask Vision Transformer for Facial Expression Recognition in the
 * Wild", 2021, arXiv:2106.04520.
 */
import type { Column, PaperCell } from "../table.ts";
import { columnLegend } from "../columns.ts";

/** A table of the paper. `Result` is one printed number with what it belongs to. */
export interface PaperTable<Result> {
  /** "Table 2". */
  readonly table: string;
  /** Where the text discusses it: "section 4.3". */
  readonly section: string;
  readonly caption: string;
  readonly results: readonly Result[];
}

/** A number as the paper prints it. */
export interface PaperNumber {
  readonly percent: number;
  /** As printed, if that is not two. */
  readonly decimals?: number;
}

export const paperColumn: Column = { key: "paper", title: "Paper (%)", kind: "paper" };

/** `marks`: the paper's footnote marks. */
export function paperCell({ percent, decimals }: PaperNumber, marks?: string): PaperCell {
  return { kind: "paper", percent, decimals, marks };
}

/** Where the paper's numbers are printed; no line if none is shown. */
export function paperLegend(
  { table, section }: PaperTable<unknown>,
  columns: readonly Column[],
): readonly string[] {
  const paper = `Paper: the number printed in ${table} (${section}) of the paper. The paper gives no spread and does not say how the epoch was chosen.`;
  return columnLegend({ paper }, columns);
}

/** The methods that the paper compares with: where each was published, by number in its bibliography. */
export const bibliography = {
  18: "Wang et al., CVPR 2020",
  26: "Li et al., IEEE TIP 2018",
  27: "Wang et al., IEEE TIP 2020",
  28: "Zhao et al., AAAI 2021",
  38: "Zhao et al., BMVC 2018",
  39: "Fan et al., IEEE TAC 2020",
  40: "Li et al., 2020", // printed without journal or year
  41: "Ma et al., arXiv:2103.16854",
  42: "Huang, URTC 2017",
  43: "Miao et al., IEEE Access 2019",
  44: "Fan et al., ICIP 2020",
  45: "Zeng et al., ECCV 2018",
  46: "Farzaneh and Qi, CVPR Workshops 2020",
} as const;

/** A number of the paper's bibliography. */
export type BibliographyNumber = keyof typeof bibliography;
