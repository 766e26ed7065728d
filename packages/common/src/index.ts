/** @file The part of @mvt/common that also runs in a browser. Writing files is in @mvt/common/files. */

export { didYouMean } from "./did-you-mean.ts";
export { CommandLineError, reasonOf, UserError } from "./errors.ts";
export { groupBy } from "./group-by.ts";
export { moduleBeside } from "./module-beside.ts";
export { argmax, percent, sum } from "./numbers.ts";
export { isRecord, parseJson } from "./records.ts";
export { alignColumns, listFirst, printable, printableLines, shorten } from "./text.ts";
