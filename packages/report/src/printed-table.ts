/** @file What of a table the formats for people show: its columns, its cells and how many decimals they have. */
import { accuracyDecimals } from "./accuracy.ts";
import type { Provenance } from "./provenance.ts";
import type { Cell, Column, Table } from "./table.ts";

export interface PrintedTable {
  readonly columns: readonly Column[];
  /** Row by row, a cell for each of these columns; undefined where the value is unknown. */
  readonly rows: readonly (readonly (Cell | undefined)[])[];
  /** The decimals of accuracies and estimates. */
  readonly digits: number;
}

/** The paper's numbers appear only in rows of real data. Without such a row their column is absent. */
export function printedTable(table: Table): PrintedTable {
  const real = new Set(
    table.provenance.data.filter(({ kind }) => kind === "real").map(({ title }) => title),
  );
  const isReal = (dataset?: string) => dataset !== undefined && real.has(dataset);
  const anyReal = table.rows.some(({ dataset }) => isReal(dataset));
  const columns = table.columns.filter(
    ({ only, kind }) => only !== "csv" && (kind !== "paper" || anyReal),
  );
  const rows = table.rows.map(({ dataset, cells }) =>
    columns.map(({ key }) => {
      const comparable = cells[key]?.kind !== "paper" || isReal(dataset);
      return comparable ? cells[key] : undefined;
    }),
  );
  return { columns, rows, digits: decimals(table) };
}

/** The line that says that data are synthetic; none if all are real. */
export function syntheticNote({ data }: Provenance): readonly string[] {
  const synthetic = data.filter(({ kind }) => kind === "synthetic").map(({ title }) => title);
  if (synthetic.length === 0) return [];
  const some = synthetic.length < data.length ? ` of ${synthetic.join(", ")}` : "";
  return [
    `The data${some} are synthetic: faces drawn by this project, in the file layout of the named data set. These numbers are not comparable with the paper's.`,
  ];
}

function decimals({ rows }: Table): number {
  const sizes = rows.flatMap(({ cells }) =>
    Object.values(cells).flatMap((cell) =>
      cell?.kind === "accuracy"
        ? cell.runs.map(({ n }) => n)
        : cell?.kind === "estimate"
          ? [cell.images]
          : [],
    ),
  );
  return accuracyDecimals(sizes);
}
