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
import { type Loading, requireImages, UniqueIds } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { findPath, Listing } from "../listing.ts";
import { AlignedFaces, rafDbClasses, readLabel, type RafDbLabel } from "./classes.ts";

type Split = RafDbLabel["split"];

/** The label files lie beside the folder of images or in it. */
const labelFiles = (split: Split) => [
  `${split}_labels.csv`,
  join("DATASET", `${split}_labels.csv`),
];

export const kaggle: Layout = {
  name: "kaggle",
  files: [
    join("DATASET", "train"),
    join("DATASET", "test"),
    labelFiles("train"),
    labelFiles("test"),
  ],
  roots: [""],
};

/** The samples in the order of the label files. */
export async function loadKaggle(
  { root, files: [train = "", test = "", trainLabels = "", testLabels = ""] }: FoundLayout,
  loading: Loading,
) {
  return {
    train: await loadSplit(join(root, train), join(root, trainLabels), "train", loading),
    test: await loadSplit(join(root, test), join(root, testLabels), "test", loading),
  };
}

async function loadSplit(
  images: string,
  path: string,
  split: Split,
  loading: Loading,
): Promise<Sample[]> {
  const folders = await Promise.all(
    rafDbClasses.map(async (_, i) => {
      const folder = (await findPath(images, `${i + 1}`)) ?? join(images, `${i + 1}`);
      return { folder, faces: new AlignedFaces(await Listing.of(folder)) };
    }),
  );
  const samples: Sample[] = [];
  const missing: string[] = [];
  for (const { id, number, expression } of await readLabels(path, split)) {
    const { folder, faces } = folders[number - 1]!;
    const { name, there } = faces.of(id);
    if (!there) missing.push(join(split, `${number}`, name));
    samples.push({ id, image: { kind: "file", path: join(folder, name) }, expression });
  }
  const unused = folders.flatMap(({ faces }, i) =>
    faces.unused.map((name) => join(split, `${i + 1}`, name)),
  );
  requireImages(loading, { path, count: samples.length }, missing, unused);
  for (const { faces } of folders) faces.report(loading.findings);
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
