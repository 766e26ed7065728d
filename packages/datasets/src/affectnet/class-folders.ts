/**
 * @file AffectNet as many training scripts expect it: one folder per class, named by its number.
 *
 *     train/0/..., train/7/...    val/0/..., val/7/...    (also train_set; valid, val_set, valid_set)
 *
 * The numbers are AffectNet's: 0 is neutral, 6 anger, 7 contempt. Copies with the folders 0 to 6 can
 * be read as AffectNet-7. Folders with names are custom data, for which the user says what names mean.
 */
import { join, parse } from "node:path";
import type { Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { listImages } from "../files.ts";
import { UniqueIds } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { affectnetId, type AffectnetSet, readExpression } from "./classes.ts";

const pairs = [
  ["train", "val"],
  ["train", "valid"],
  ["train_set", "val_set"],
  ["train_set", "valid_set"],
] as const;

/** One layout per pair of names. */
export const classFolders: readonly Layout[] = pairs.map((pair) => ({
  name: "folders",
  files: pair.map((split) => join(split, "0")),
  roots: [""],
}));

/** The samples by class, then by name. */
export async function loadClassFolders(
  { root, files: [train = "", test = ""] }: FoundLayout,
  set: AffectnetSet,
) {
  const ids = new UniqueIds();
  return {
    train: await loadSplit(join(root, train, ".."), { split: "train", set, ids }),
    test: await loadSplit(join(root, test, ".."), { split: "test", set, ids }),
  };
}

async function loadSplit(
  folder: string,
  about: {
    readonly split: "train" | "test";
    readonly set: AffectnetSet;
    readonly ids: UniqueIds;
  },
): Promise<Sample[]> {
  const { split, set, ids } = about;
  const { title, classes } = set;
  const { folders } = await listImages(folder);
  const samples: Sample[] = [];
  for (const number of folders) {
    const expression = readExpression(join(folder, number), number, classes);
    if (expression === undefined) continue;
    const { images } = await listImages(join(folder, number));
    for (const file of images) {
      const path = join(folder, number, file);
      const id = affectnetId(split, parse(file).name);
      ids.add(id, path);
      samples.push({ id, image: { kind: "file", path }, expression });
    }
  }
  const present = new Set(samples.map(({ expression }) => expression));
  const absent = classes.findIndex((expression) => !present.has(expression));
  if (absent >= 0) {
    throw new DatasetError(
      `${title}: expected images in ${join(folder, String(absent))} ` +
        `(${classes[absent]}), found none. ` +
        (absent === 7
          ? "Use affectnet-7 for a copy without contempt."
          : "Unpack all images of the data set."),
    );
  }
  return samples;
}
