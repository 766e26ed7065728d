/**
 * @file Custom data in a table of paths and labels.
 *
 *     labels.csv     path,label,split              (in any order; other columns are ignored)
 *                    faces/1.jpg,angry,train       (train, validation, val, valid or test)
 */
import { isAbsolute, join } from "node:path";
import { shorten } from "@mvt/common";
import { readColumns, tableAdvice } from "../csv.ts";
import type { Sample, SplitName } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { labelAdvice, type Loading, requireImages, UniqueIds } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { findFiles } from "../listing.ts";
import { picturesBelow } from "../pictures-below.ts";
import type { ClassReader, CustomLayout } from "./mapping.ts";

export const tableLayout: Layout = {
  name: "csv" satisfies CustomLayout,
  files: ["labels.csv"],
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
  { root, files: [table = ""] }: FoundLayout,
  reader: ClassReader,
  loading: Loading,
): Promise<Record<SplitName, Sample[]>> {
  const csv = join(root, table);
  const ids = new UniqueIds(labelAdvice.own);
  const rows: (Pick<Sample, "id" | "expression"> & { readonly split: SplitName })[] = [];
  const dropped: string[] = [];
  for await (const { fields, line } of readColumns(csv, columns, tableAdvice.own)) {
    const where = `${csv}:${line}`;
    const [id = "", label = "", splitName = ""] = fields.map((field) => field.trim());
    const split = splitOf.get(splitName.toLowerCase());
    if (id === "" || split === undefined) {
      throw new DatasetError(
        `${where}: expected a path and a split (${[...splitOf.keys()].join(", ")}), ` +
          `found "${shorten(fields.join())}". Correct the row.`,
      );
    }
    if (id.includes("\uFFFD")) {
      throw new DatasetError(
        `${where}: expected text in UTF-8, found "${shorten(id)}" in another encoding. Save the table as UTF-8.`,
      );
    }
    ids.add(id, where);
    const expression = reader.read(where, label);
    if (expression === undefined) dropped.push(id);
    else rows.push({ id, expression, split });
  }
  const paths = rows.map(({ id }) => id);
  const found = await findFiles(root, [...paths, ...dropped]);
  const absolute = (path: string) => (isAbsolute(path) ? path : join(root, path));
  const missing = paths.filter((path) => !found.has(path)).map(absolute);
  requireImages(loading, { path: csv, count: rows.length }, missing);
  loading.findings.leaveOut("dropped", dropped);
  loading.findings.leaveOut("unlabelled", await picturesBeside(root, new Set(found.values())));
  const splits: Record<SplitName, Sample[]> = { train: [], validation: [], test: [] };
  for (const { id, expression, split } of rows) {
    const image = { kind: "file", path: found.get(id) ?? absolute(id) } as const;
    splits[split].push({ id, image, expression });
  }
  return splits;
}

/** The pictures below `root` that no row names; none where a link leads back to a folder above it. */
async function picturesBeside(root: string, named: ReadonlySet<string>): Promise<string[]> {
  const { pictures } = await picturesBelow(root).catch((error: unknown) => {
    if (error instanceof DatasetError) return { pictures: [] };
    throw error;
  });
  return pictures.filter((path) => !named.has(join(root, path)));
}
