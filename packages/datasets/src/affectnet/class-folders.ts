/**
 * @file AffectNet as many training scripts expect it: one folder per class, named by its number.
 *
 *     train/0/..., train/7/...    val/0/..., val/7/...    (also train_set; valid, val_set, valid_set)
 *
 * The numbers are AffectNet's: 0 is neutral, 6 anger, 7 contempt. Copies with the folders 0 to 6 can
 * be read as AffectNet-7. Pictures in folders of these folders count as well. Folders with names are custom data, for which the user says what names mean.
 */
import { join, parse } from "node:path";
import type { Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { UniqueIds } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { isImageName } from "../names.ts";
import { foldersAndFiles, picturesBelow } from "../pictures-below.ts";
import { affectnetId, type AffectnetSet, readExpression } from "./classes.ts";

const splits = {
  train: ["train", "train_set"],
  validation: ["val", "valid", "val_set", "valid_set"],
} as const;

/** Class 0 of both splits. */
export const classFolders: Layout = {
  name: "folders",
  files: [splits.train, splits.validation].map((names) => names.map((name) => join(name, "0"))),
  roots: [""],
};

/** The samples by class, then by name. */
export async function loadClassFolders(
  { root, files: [train = "", test = ""] }: FoundLayout,
  set: AffectnetSet,
) {
  const ids = new UniqueIds("Keep one of the two files.");
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
  const { title, findings } = set.loading;
  const { classes } = set;
  const { folders, files, junk } = await foldersAndFiles(folder);
  findings.leaveOut("junk", junk);
  findings.leaveOut("unlabelled", files.filter(isImageName));
  const samples: Sample[] = [];
  for (const number of folders) {
    const expression = readExpression(join(folder, number), number, classes);
    if (expression === undefined) continue;
    const { pictures, leftOut } = await picturesBelow(join(folder, number));
    findings.leaveOut("junk", leftOut.junk);
    findings.leaveOut("other", leftOut.other);
    for (const file of pictures) {
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
