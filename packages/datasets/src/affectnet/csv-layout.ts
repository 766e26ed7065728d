/**
 * @file AffectNet as it was first distributed: photographs, and tables with the box of each face.
 *
 *     training.csv, validation.csv           (here or in Manually_Annotated_file_lists/)
 *         subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal
 *         12/3f...c1.jpg,30,12,160,160,86.5;40.25;...,1,0.78,0.02
 *     Manually_Annotated_Images/12/3f...c1.jpg
 *
 * Copies without the header exist, and paths that end in .JPG or .png. Rows of the expressions 8 to 10
 * are skipped before anything else of them is read.
 */
import { basename, extname, join } from "node:path";
import { shorten } from "@mvt/common";
import { placesOf, readCsv, requireFields } from "../csv.ts";
import type { Crop, Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { requireImages } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { findFiles } from "../listing.ts";
import { affectnetId, type AffectnetSet, readExpression } from "./classes.ts";

/** In the order of copies that have no header. */
const columns =
  "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal".split(
    ",",
  );
/** Of these columns: the path, the four of the box, and the expression. */
const read = [0, 1, 2, 3, 4, 6] as const;

const lists = ["", "Manually_Annotated_file_lists"];

export const csvLayout: Layout = {
  name: "csv",
  files: [
    lists.map((folder) => join(folder, "training.csv")),
    lists.map((folder) => join(folder, "validation.csv")),
    "Manually_Annotated_Images",
  ],
  roots: ["", "Manually_Annotated"],
};

/** The samples in the order of the tables. */
export async function loadCsvLayout(
  { root, files: [training = "", validation = "", images = ""] }: FoundLayout,
  set: AffectnetSet,
) {
  const seen = new Map<string, number>();
  const folder = join(root, images);
  return {
    train: await loadSplit(folder, join(root, training), { split: "train", set, seen }),
    test: await loadSplit(folder, join(root, validation), { split: "test", set, seen }),
  };
}

async function loadSplit(
  images: string,
  path: string,
  about: {
    readonly split: "train" | "test";
    readonly set: AffectnetSet;
    /** How often each id has occurred so far. */
    readonly seen: Map<string, number>;
  },
): Promise<Sample[]> {
  const { split, set, seen } = about;
  const samples: (Omit<Sample, "image"> & { readonly file: string; readonly crop: Crop })[] = [];
  let places: readonly number[] | undefined;
  let width = columns.length;
  for await (const row of readCsv(path)) {
    if (places === undefined) {
      const isHeader = row.fields.some((field) => field.trim() === columns[0]);
      places = isHeader ? placesOf(path, row, columns) : columns.map((_, i) => i);
      if (isHeader) width = row.fields.length;
      if (isHeader) continue;
    }
    requireFields(path, row, width);
    const where = `${path}:${row.line}`;
    const [name, left, top, across, down, label] = read.map((i) => row.fields[places![i]!]!);
    const file = readPath(where, name!);
    const expression = readExpression(where, label!.trim(), set.classes);
    // Skipped rows count too, so that ids are the same with seven classes and with eight.
    const stem = affectnetId(split, basename(file, extname(file)));
    const times = (seen.get(stem) ?? 0) + 1;
    seen.set(stem, times);
    if (expression === undefined) continue;
    const crop = readBox(where, [left!, top!, across!, down!]);
    samples.push({ id: times === 1 ? stem : `${stem}-${times}`, expression, file, crop });
  }
  const files = samples.map(({ file }) => file);
  const found = await findFiles(images, files);
  const missing = files.filter((file) => !found.has(file)).map((file) => join(...file.split("/")));
  requireImages(set.loading, { path, count: samples.length }, missing);
  return samples.map(({ file, crop, ...sample }) => ({
    ...sample,
    image: { kind: "file", path: found.get(file) ?? join(images, file), crop },
  }));
}

/** "12/3f...c1.jpg": a folder and a file. */
function readPath(where: string, field: string): string {
  const path = field.trim();
  if (!/^[^/\\]+\/[^/\\]+\.[A-Za-z]+$/.test(path) || path.startsWith("..")) {
    throw new DatasetError(
      `${where}: expected the path of an image such as 12/3f.jpg, found "${shorten(field)}". ` +
        `Replace the file by the published one.`,
    );
  }
  return path;
}

/** The face's box in pixels; fractions are rounded. */
function readBox(where: string, fields: readonly string[]): Crop {
  const numbers = fields.map((field) => (field.trim() === "" ? NaN : Number(field)));
  const [left = NaN, top = NaN, width = NaN, height = NaN] = numbers.map(Math.round);
  if (!numbers.every(Number.isFinite) || width < 1 || height < 1) {
    throw new DatasetError(
      `${where}: expected the face's x, y, width and height in pixels, found "${fields.join()}". ` +
        `Replace the file by the published one.`,
    );
  }
  return { left, top, width, height };
}
