/**
 * @file Custom data in a table of paths and labels.
 *
 *     labels.csv     path,label,split              (in any order; other columns are ignored)
 *                    faces/1.jpg,angry,train       (train, validation, val, valid or test)
 */
import { isAbsolute, join } from "node:path";
import { shorten } from "@mvt/common";
import { type CsvRow, readCsv, requireFields } from "../csv.ts";
import type { Sample, SplitName } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { missingFiles } from "../files.ts";
import { requireImages, UniqueIds } from "../labels.ts";
import type { Layout } from "../layout.ts";
import type { ClassReader, CustomLayout } from "./mapping.ts";

const table = "labels.csv";

export const tableLayout: Layout = {
  name: "csv" satisfies CustomLayout,
  files: [table],
  roots: [""],
};

const splitOf: ReadonlyMap<string, SplitName> = new Map([
  ["train", "train"],
  ["validation", "validation"],
  ["val", "validation"],
  ["valid", "validation"],
  ["test", "test"],
]);

const columns = ["path", "label", "split"] as const;

/** The samples in the order of the table. The path in the table is the id. */
export async function loadTable(
  root: string,
  reader: ClassReader,
  title: string,
): Promise<Record<SplitName, Sample[]>> {
  const csv = join(root, table);
  const splits: Record<SplitName, Sample[]> = { train: [], validation: [], test: [] };
  const ids = new UniqueIds();
  const paths: string[] = [];
  let header: readonly string[] | undefined;
  for await (const row of readCsv(csv)) {
    if (header === undefined) {
      header = readHeader(csv, row);
      continue;
    }
    requireFields(csv, row, header.length);
    const where = `${csv}:${row.line}`;
    const field = (column: (typeof columns)[number]) => row.fields[header!.indexOf(column)]!.trim();
    const [id, split] = [field("path"), splitOf.get(field("split"))];
    if (id === "" || split === undefined) {
      throw new DatasetError(
        `${where}: expected a path and a split (${[...splitOf.keys()].join(", ")}), ` +
          `found "${shorten(row.fields.join())}". Correct the row.`,
      );
    }
    ids.add(id, where);
    const expression = reader.read(where, field("label"));
    if (expression === undefined) continue;
    const path = isAbsolute(id) ? id : join(root, id);
    paths.push(path);
    splits[split].push({ id, image: { kind: "file", path }, expression });
  }
  requireImages(title, { path: csv, count: paths.length }, await missingFiles(paths));
  return splits;
}

function readHeader(csv: string, { fields, line }: CsvRow): readonly string[] {
  const header = fields.map((field) => field.trim());
  const absent = columns.filter((column) => !header.includes(column));
  if (absent.length === 0) return header;
  throw new DatasetError(
    `${csv}:${line}: expected a header with ${columns.join(", ")}, ` +
      `found "${shorten(header.join())}" without ${absent.join(" and ")}. Add the columns.`,
  );
}
