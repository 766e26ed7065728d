/**
 * @file Writes synthetic faces in RAF-DB's layouts, byte for byte as the published files are laid out.
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
import type { ListedFace, SyntheticDefinition } from "./definition.ts";
import type { DrawRequest } from "./draw-batch.ts";
import { drawFiles } from "./draw-images.ts";
import { classesOf, type Face, type Frequencies, planFaces } from "./faces.ts";
import { energyPath, type Manifest, writeGroundTruth } from "./manifest.ts";

const side = 100; // pixels of an aligned image

/** The numbers in the label files. The loader has its own list of them, so that each tests the other. */
const labels: Readonly<Partial<Record<Expression, number>>> = {
  surprise: 1,
  fear: 2,
  disgust: 3,
  happiness: 4,
  sadness: 5,
  anger: 6,
  neutral: 7,
};

export const rafDbFrequencies = {
  neutral: 4,
  happiness: 5,
  surprise: 3,
  sadness: 3,
  anger: 2,
  disgust: 2,
  fear: 1,
} as const satisfies Frequencies;

const poseLine = ({ label, stem }: ListedFace) => `${label}/${stem}_aligned.jpg`;

export const syntheticRafDb = {
  name: "raf-db",
  layouts: ["official", "kaggle"],
  hasValidation: false,
  write,
  lists: {
    folder: "RAF_DB_dir",
    forms: {
      occlusion: {
        file: "rafdb_occlusion_list.txt",
        line: ({ stem, label, occluder }) => `${stem}_aligned ${label} ${occluder! + 1}`,
        windows: true,
        repeats: true,
      },
      "pose-30": { file: "val_raf_db_list.txt", line: poseLine },
      "pose-45": { file: "val_raf_db_list_45.txt", line: poseLine },
    },
    faces: (manifest) =>
      plan(manifest, "test").map(({ id, name, label }) => ({ stem: id, name, label: label - 1 })),
  },
} as const satisfies SyntheticDefinition;

const splits = ["train", "test"] as const;
type Split = (typeof splits)[number];

interface Entry extends Face {
  readonly id: string;
  readonly label: number;
  readonly path: string; // of the image, from the folder
}

/** "train_00001", "test_0001": five digits and four. */
const stemOf = (split: Split, index: number) =>
  `${split}_${String(index + 1).padStart(split === "train" ? 5 : 4, "0")}`;

function plan(manifest: Manifest, split: Split): Entry[] {
  return planFaces(manifest, split, rafDbFrequencies).map((face) => {
    const id = stemOf(split, face.index);
    const label = labels[face.given]!;
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

async function write(folder: string, manifest: Manifest, threads: number): Promise<void> {
  const entries = splits.flatMap((split) => plan(manifest, split));
  await writeTables(folder, manifest, entries);
  await writeGroundTruth(folder, manifest, entries);
  for (const parent of new Set(entries.map(({ path }) => dirname(path)))) {
    await mkdir(join(folder, parent), { recursive: true });
  }
  const requests = entries.map(({ id, name, path, split, truth }): DrawRequest => ({
    name,
    expression: truth,
    path: join(folder, path),
    energyPath: energyPath(folder, manifest, split, id),
  }));
  const { difficulty, seed } = manifest;
  const classes = classesOf(rafDbFrequencies);
  await drawFiles(requests, { seed, difficulty, classes, size: side, channels: 3 }, threads);
}
