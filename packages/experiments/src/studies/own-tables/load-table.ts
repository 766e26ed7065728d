/** @file Loads a table of one's own: from a file, a folder or a package. */
import { dirname } from "node:path";
import { importPlugin, pluginFile } from "@mvt/common/plugins";
import { ownTable } from "@mvt/report/tables/own-table";
import { reportNames } from "../index.ts";
import type { TableDefinition } from "./definition.ts";
import { whatIsWrongWith } from "./schema.ts";

export interface LoadedTable {
  readonly definition: TableDefinition;
  /** Of its file: paths of thresholds start here. */
  readonly folder: string;
}

/**
 * The table that is the default export of a file, as `defineTable` returns it or as a plain object of that shape. The file is
 * code and runs with the rights of this process.
 *
 * @param target a path, or the name of an installed package
 * @param from the folder that paths and packages are looked up from; the current one by default
 * @throws CommandLineError that names the file and what is wrong with it; what the file threw is its `cause`.
 */
export async function loadTable(
  target: string,
  { from = process.cwd() }: { readonly from?: string } = {},
): Promise<LoadedTable> {
  const option = "table";
  const file = pluginFile(target, { option, from });
  const definition = await importPlugin(file, target, {
    option,
    expected: "a table, { name, about, rows }",
    define: "defineTable",
    library: "@mvt/experiments",
    whatIsWrong: (value) =>
      whatIsWrongWith(value, { taken: reportNames, takenColumns: ownTable.takenColumns }),
  });
  return { definition: definition as TableDefinition, folder: dirname(file) };
}
