/**
 * @file Which columns are worth printing.
 */
import type { Column, Row } from "../table.ts";

/** The CSV's columns are always the same; Markdown leaves out what is unknown in every row. */
export function knownColumns(columns: readonly Column[], rows: readonly Row[]): readonly Column[] {
  return columns.flatMap((column): readonly Column[] => {
    if (column.only === "csv" || rows.some(({ cells }) => cells[column.key] !== undefined)) {
      return [column];
    }
    return column.only === "markdown" ? [] : [{ ...column, only: "csv" }];
  });
}

/** The keys of the columns that Markdown shows: a legend explains these and nothing else. */
export function shownKeys(columns: readonly Column[]): ReadonlySet<string> {
  return new Set(columns.filter(({ only }) => only !== "csv").map(({ key }) => key));
}
