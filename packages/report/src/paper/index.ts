/**
 * @file The numbers that the paper prints, one file per table.
 *
 * Li, Sui, Zhao, Zha and Wu, "MVT: Mask Vision Transformer for Facial Expression Recognition in the
 * Wild", 2021, arXiv:2106.04520.
 */

export { table1 } from "./table1.ts";
export { table2 } from "./table2.ts";
export { table3 } from "./table3.ts";
export { table4 } from "./table4.ts";
export { table5 } from "./table5.ts";
export { type Reference, references } from "./references.ts";
export type { PaperResult } from "./paper-result.ts";
export type { PaperTable } from "./paper-table.ts";
