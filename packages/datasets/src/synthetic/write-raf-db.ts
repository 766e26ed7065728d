/**
 * @file A synthetic set in RAF-DB's layouts, byte for byte as the published files are laid out.
 *
 *     official   EmoLabel/list_patition_label.txt      train_00007.jpg 2   (LF, none at the end)
 *                Image/aligned/train_00001_aligned.jpg
 *     kaggle     train_labels.csv, test_labels.csv     train_00001_aligned.jpg,5   (header, CRLF)
 *                DATASET/train/5/train_00001_aligned.jpg
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "csv-stringify/sync";
import type { Expression } from "../expression.ts";
import { classesOf } from "./classes.ts";
import { type Face, planFaces } from "./faces.ts";
import { energyPath, writeGroundTruth } from "./ground-truth.ts";
import type { Manifest } from "./manifest.ts";
import type { Picture } from "./pictures.ts";
import { drawFiles } from "./studio.ts";

const side = 100; // pixels of an aligned picture

/** The file's numbers. Written out here, and again by the loader, so that each checks the other. */
export const rafDbLabels: Readonly<Partial<Record<Expression, number>>> = {
  surprise: 1,
  fear: 2,
  disgust: 3,
  happiness: 4,
  sadness: 5,
  anger: 6,
  neutral: 7,
};

const splits = ["train", "test"] as const;
type Split = (typeof splits)[number];

interface Entry extends Face {
  readonly id: string;
  readonly label: number;
  readonly path: string; // of the picture, from the folder
}

/** "train_00001", "test_0001": five digits and four. */
const stem = (split: Split, index: number) =>
  `${split}_${String(index + 1).padStart(split === "train" ? 5 : 4, "0")}`;

export function planRafDb(manifest: Manifest, split: Split): Entry[] {
  return planFaces(manifest, split).map((face) => {
    const id = stem(split, face.index);
    const label = rafDbLabels[face.given]!;
    const file = `${id}_aligned.jpg`;
    const path =
      manifest.layout === "kaggle"
        ? join("DATASET", split, String(label), file)
        : join("Image", "aligned", file);
    return { ...face, id, label, path };
  });
}

async function writeTables(folder: string, { layout }: Manifest, entries: readonly Entry[]) {
  if (layout === "official") {
    const lines = entries.map(({ id, label }) => `${id}.jpg ${label}`);
    await mkdir(join(folder, "EmoLabel"), { recursive: true });
    await writeFile(join(folder, "EmoLabel", "list_patition_label.txt"), lines.join("\n"));
    return;
  }
  for (const split of splits) {
    const rows = entries
      .filter((entry) => entry.split === split)
      .map(({ id, label }) => [`${id}_aligned.jpg`, label]);
    const table = stringify([["image", "label"], ...rows], { record_delimiter: "\r\n" });
    await writeFile(join(folder, `${split}_labels.csv`), table);
  }
}

/** Writes the whole set into `folder`, which must exist and be empty. */
export async function writeRafDb(
  folder: string,
  manifest: Manifest,
  threads: number,
): Promise<void> {
  const entries = splits.flatMap((split) => planRafDb(manifest, split));
  await writeTables(folder, manifest, entries);
  await writeGroundTruth(folder, manifest, entries);
  for (const parent of new Set(entries.map(({ path }) => dirname(path)))) {
    await mkdir(join(folder, parent), { recursive: true });
  }
  const pictures = entries.map(({ id, name, path, split, truth }): Picture => ({
    name,
    expression: truth,
    path: join(folder, path),
    ...energyPath(folder, manifest, split, id),
  }));
  const { difficulty, seed } = manifest;
  const classes = classesOf("raf-db");
  const shared = { seed, difficulty, classes, size: side, channels: 3 } as const;
  await drawFiles(pictures, shared, threads);
}
