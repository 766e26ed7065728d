/**
 * @file RAF-DB as it is found on Kaggle: a folder per label, and one CSV file per split.
 *
 *     DATASET/train/{1..7}/train_00001_aligned.jpg     DATASET/test/{1..7}/test_0001_aligned.jpg
 *     train_labels.csv, test_labels.csv                (next to DATASET/ or in it)
 *         image,label
 *         train_00001_aligned.jpg,4                    (CRLF; the official labels, from 1 to 7)
 *
 * Copies with further columns or augmented images are in circulation; they are refused.
 */
import { join } from "node:path";
import { readTable } from "../csv.ts";
import type { Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { exists, listFolder } from "../files.ts";
import { requireImages, UniqueIds } from "../labels.ts";
import type { Layout } from "../layout.ts";
import { rafDbClasses, readLabel, type RafDbLabel } from "./classes.ts";

type Split = RafDbLabel["split"];

const imageFolders = [join("DATASET", "train"), join("DATASET", "test")];

/** Both places of the label files, as two layouts of one name. */
export const kaggle: readonly Layout[] = [
  { name: "kaggle", files: [...imageFolders, "train_labels.csv", "test_labels.csv"], roots: [""] },
  {
    name: "kaggle",
    files: [
      ...imageFolders,
      join("DATASET", "train_labels.csv"),
      join("DATASET", "test_labels.csv"),
    ],
    roots: [""],
  },
];

/** The samples in the order of the label files. */
export async function loadKaggle(root: string, title: string) {
  return {
    train: await loadSplit(root, "train", title),
    test: await loadSplit(root, "test", title),
  };
}

async function loadSplit(root: string, split: Split, title: string): Promise<Sample[]> {
  const outside = join(root, `${split}_labels.csv`);
  const path = (await exists(outside)) ? outside : join(root, "DATASET", `${split}_labels.csv`);
  const folders = rafDbClasses.map((_, i) => join(root, "DATASET", split, `${i + 1}`));
  const present = await Promise.all(folders.map(listFolder));

  const samples: Sample[] = [];
  const missing: string[] = [];
  for (const { id, number, expression } of await readLabels(path, split)) {
    const file = `${id}_aligned.jpg`;
    if (!present[number - 1]!.has(file)) missing.push(join(split, `${number}`, file));
    const image = { kind: "file", path: join(folders[number - 1]!, file) } as const;
    samples.push({ id, image, expression });
  }
  requireImages(title, { path, count: samples.length }, missing);
  return samples;
}

async function readLabels(path: string, split: Split): Promise<RafDbLabel[]> {
  const ids = new UniqueIds();
  const labels: RafDbLabel[] = [];
  for await (const { fields, line } of readTable(path, ["image", "label"])) {
    const where = `${path}:${line}`;
    const label = readLabel(where, fields[0]!.trim(), fields[1]!.trim());
    if (label.split !== split) {
      throw new DatasetError(
        `${where}: expected images of the ${split} split, found ${fields[0]}. ` +
          `Use the label file as it is published.`,
      );
    }
    ids.add(label.id, where);
    labels.push(label);
  }
  return labels;
}
