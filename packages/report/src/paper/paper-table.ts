/**
 * @file The shape of a table of the paper.
 */

/** `Result` is one printed number with what it belongs to. */
export interface PaperTable<Result> {
  /** "Table 2". */
  readonly table: string;
  /** Where the text discusses it: "section 4.3". */
  readonly section: string;
  readonly caption: string;
  readonly results: readonly Result[];
}
