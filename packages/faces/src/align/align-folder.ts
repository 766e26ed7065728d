/** @file Finds, crops and aligns the faces of all images below a folder into another one. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, extname, join, resolve, sep } from "node:path";
import { reasonOf, UserError } from "@mvt/common";
import { readRegular, removeLeftOvers, writeWhole } from "@mvt/common/files";
import { isTooLarge, mapConcurrently, picturesBelow } from "@mvt/datasets";
import sharp from "sharp";
import { z } from "zod";
import type { FaceFinder } from "../detector/finder.ts";
import type { FoundFace } from "../detector/thread.ts";
import { severalChoices } from "./choices.ts";
import type { FaceStatus } from "./choices.ts";
import { formatTable, parseTable, rowsOfFaces, rowWithoutFace } from "./table.ts";
import type { TableImage } from "./table.ts";

/** What decides what an aligned image looks like. A folder has images of one setting only. */
const settings = z.strictObject({
  size: z.int().positive(),
  margin: z.number(),
  several: z.enum(severalChoices),
  minScore: z.number(),
  detector: z.string(),
});
export type AlignSettings = Omit<z.infer<typeof settings>, "detector">;

/** Written beside the table, and compared when the command is repeated. */
const detector = "@vladmandic/face-api 1.7.15: ssd_mobilenetv1, face_landmark_68";

export const tableName = "faces.csv";
export const settingsName = "faces.json";

/** Files beside images that are copied as they are: lists of labels, and what explains them. */
export const labelFileEndings = [".csv", ".tsv", ".txt", ".json", ".yaml", ".yml"] as const;

/** Images after which the table is written, so that a run that is stopped goes on from there. */
const imagesPerTable = 64;

export interface AlignOptions extends AlignSettings {
  readonly from: string;
  readonly to: string;
  readonly finder: FaceFinder;
  /** Told after every image. */
  readonly onImage?: (done: number, all: number) => void;
}

export interface Aligned {
  /** In the order of their names. */
  readonly images: readonly TableImage[];
  /** Images that an earlier run had done. */
  readonly kept: number;
  /** Paths of the aligned images, below the new folder, by name. */
  readonly written: readonly string[];
  /** Files that were copied. */
  readonly copied: readonly string[];
}

/**
 * Writes the aligned faces of the images below `from` into the same folders below `to`, under the same names, and the table
 * of what was found. Files appear whole or not at all. Images that the table has already, with the same bytes, are kept.
 * Throws a UserError where one folder lies in the other, and where `to` was made with other settings.
 */
export async function alignFolder(options: AlignOptions): Promise<Aligned> {
  const { from, to, finder, onImage } = options;
  requireApart(from, to);
  const { pictures, leftOut } = await picturesBelow(from);
  if (pictures.length === 0) {
    throw new UserError(
      `${from}: expected a folder with images, found no file that is one by its name or its content. Name another folder.`,
    );
  }
  const before = await earlierTable(options);
  const folders = new Set(pictures.map((file) => dirname(join(to, file))));
  for (const folder of [to, ...folders]) await removeLeftOvers(folder);

  const done = new Map<string, TableImage>();
  let kept = 0;
  const images = () => pictures.flatMap((file) => done.get(file) ?? []);
  let writing: Promise<void> = Promise.resolve();
  const writeTable = () =>
    (writing = writing.then(() => writeWhole(join(to, tableName), formatTable(images()))));
  await mapConcurrently(pictures, finder.threads, async (file) => {
    const sha256 = await hashOf(join(from, file));
    const earlier = before.get(file);
    if (earlier !== undefined && sha256 !== "" && isDone(earlier, sha256, to)) {
      done.set(file, earlier);
      kept += 1;
    } else {
      done.set(file, await alignImage(file, sha256, options));
    }
    onImage?.(done.size, pictures.length);
    if (done.size % imagesPerTable === 0) await writeTable();
  });
  await writeTable();

  const copied = leftOut.other.filter(isLabelFile);
  for (const file of copied) await writeWhole(join(to, file), await readFile(join(from, file)));
  const written = images().flatMap(({ rows }) =>
    rows.map(({ aligned }) => aligned).filter((path) => path !== ""),
  );
  return { images: images(), kept, written, copied };
}

const isLabelFile = (file: string) =>
  labelFileEndings.some((ending) => file.toLowerCase().endsWith(ending)) &&
  file !== tableName &&
  file !== settingsName;

function requireApart(from: string, to: string): void {
  const inside = (folder: string, other: string) =>
    `${resolve(folder)}${sep}`.startsWith(`${resolve(other)}${sep}`);
  if (!inside(to, from) && !inside(from, to)) return;
  throw new UserError(
    `--out ${to}: expected a folder outside of --data ${from}, whose images are never changed, found one of them in the other. Choose another folder.`,
  );
}

/** The table of an earlier run with the same settings; empty if there was none. Writes the settings. */
async function earlierTable({
  to,
  size,
  margin,
  several,
  minScore,
}: AlignOptions): Promise<ReadonlyMap<string, TableImage>> {
  const ours = { size, margin, several, minScore, detector };
  const path = join(to, settingsName);
  if (existsSync(path)) {
    const text = await readFile(path, "utf8");
    if (text !== textOf(ours)) {
      throw new UserError(
        `--out ${to}: expected a new folder or one that was made with the same settings, found others in ${path}. Choose another folder, or remove that one.`,
      );
    }
  } else {
    await writeWhole(path, textOf(ours));
  }
  const table = join(to, tableName);
  return existsSync(table) ? parseTable(await readFile(table, "utf8"), table) : new Map();
}

const textOf = (all: z.infer<typeof settings>) =>
  `${JSON.stringify(settings.parse(all), null, 2)}\n`;

/** The SHA-256 of a file; empty if it cannot be read. */
async function hashOf(path: string): Promise<string> {
  const bytes = await readRegular(path, { maximumBytes: 2 ** 29 }).catch(() => undefined);
  return bytes === undefined ? "" : createHash("sha256").update(bytes).digest("hex");
}

/** Whether the image still has these bytes, was read, and everything that was made of it is there. */
function isDone({ sha256, status, rows }: TableImage, now: string, to: string): boolean {
  return (
    sha256 === now &&
    status !== "unreadable" &&
    rows.every(({ aligned }) => aligned === "" || existsSync(join(to, aligned)))
  );
}

async function alignImage(
  file: string,
  sha256: string,
  { from, to, finder, size, margin, several, minScore }: AlignOptions,
): Promise<TableImage> {
  const image = (status: FaceStatus) => ({ file, sha256, status });
  const without = (status: FaceStatus, reason = ""): TableImage => ({
    ...image(status),
    rows: [rowWithoutFace(image(status), reason)],
  });
  let faces: readonly FoundFace[];
  try {
    ({ faces } = await finder.find(join(from, file), { minScore, crop: { size, margin } }));
  } catch (error) {
    const reason = reasonOf(error).split("\n", 1)[0]!; // libvips adds lines
    return without(isTooLarge(reason) ? "too large" : "unreadable", reason);
  }
  if (faces.length === 0) return without("none");
  const status = faces.length === 1 ? "found" : "several";
  const wanted =
    status === "found" || several === "all" ? faces.length : several === "largest" ? 1 : 0;
  const aligned: string[] = [];
  for (const [i, face] of faces.slice(0, wanted).entries()) {
    const path = alignedName(file, i);
    await writeWhole(join(to, path), await encode(face.aligned!, size, path));
    aligned.push(path);
  }
  return { ...image(status), rows: rowsOfFaces(image(status), faces, aligned) };
}

/** JPEG and PNG files keep their names; others get ".png" at the end. Further faces of an image are numbered from 2. */
export function alignedName(file: string, face: number): string {
  const ending = extname(file);
  const kept = /^\.(?:jpe?g|png)$/i.test(ending);
  const number = face === 0 ? "" : `-face${face + 1}`;
  const stem = kept ? file.slice(0, -ending.length) : file;
  return `${stem}${number}${kept ? ending : ".png"}`;
}

/** JPEG with quality 95 and full colour, or PNG, as the name says. */
async function encode(pixels: Uint8Array, size: number, path: string): Promise<Uint8Array> {
  const image = sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
  return /\.png$/i.test(path)
    ? image.png().toBuffer()
    : image.jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer();
}
