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
import { readCsv, requireFields, requireHeader } from "../csv.ts";
import type { Crop, Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { missingFiles } from "../files.ts";
import { requireImages } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { affectnetId, type AffectnetSet, readExpression } from "./classes.ts";

const header =
  "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal";
const columns = header.split(",");
const images = "Manually_Annotated_Images";

/** Both places of the tables, as two layouts of one name. */
export const csvLayouts: readonly Layout[] = ["", "Manually_Annotated_file_lists"].map((lists) => ({
  name: "csv",
  files: [join(lists, "training.csv"), join(lists, "validation.csv"), images],
  roots: ["", "Manually_Annotated"],
}));

/** The samples in the order of the tables. */
export async function loadCsvLayout(
  { root, files: [training = "", validation = ""] }: FoundLayout,
  set: AffectnetSet,
) {
  const seen = new Map<string, number>();
  return {
    train: await loadSplit(root, join(root, training), { split: "train", set, seen }),
    test: await loadSplit(root, join(root, validation), { split: "test", set, seen }),
  };
}

async function loadSplit(
  root: string,
  path: string,
  about: {
    readonly split: "train" | "test";
    readonly set: AffectnetSet;
    /** How often each id has occurred so far. */
    readonly seen: Map<string, number>;
  },
): Promise<Sample[]> {
  const { split, set, seen } = about;
  const samples: Sample[] = [];
  let first = true;
  for await (const row of readCsv(path)) {
    const isHeader = first && row.fields[0]?.trim() === columns[0];
    if (isHeader) requireHeader(path, row, columns);
    first = false;
    if (isHeader) continue;
    requireFields(path, row, columns.length);
    const where = `${path}:${row.line}`;
    const file = readPath(where, row.fields[0]!);
    const expression = readExpression(where, row.fields[6]!.trim(), set.classes);
    // Skipped rows count too, so that ids are the same with seven classes and with eight.
    const stem = affectnetId(split, basename(file, extname(file)));
    const times = (seen.get(stem) ?? 0) + 1;
    seen.set(stem, times);
    if (expression === undefined) continue;
    const crop = readBox(where, row.fields.slice(1, 5));
    const image = { kind: "file", path: join(root, images, file), crop } as const;
    samples.push({ id: times === 1 ? stem : `${stem}-${times}`, image, expression });
  }
  const paths = samples.map(({ image }) => (image.kind === "file" ? image.path : ""));
  const missing = await missingFiles(paths);
  requireImages(
    set.title,
    { path, count: samples.length },
    missing.map((file) => file.slice(join(root, images).length + 1)),
  );
  return samples;
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
