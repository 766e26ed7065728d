/**
 * @file AffectNet in one folder per class, as many training scripts expect it, and as a part of it lies on Kaggle.
 *
 *     folders    train/0/..., train/7/...    val/0/..., val/7/...    (also train_set; valid, val_set, valid_set)
 *     sample     train_class/class001/..., train_class/class008/...    val_class/class001/...
 *
 * The numbers are AffectNet's: 0 is neutral, 6 anger, 7 contempt; the sample counts them from 1. It is kaggle.com's
 * mouadriali/affectnetsample: at most 5,000 training images of each class. What its folders mean is not written beside it;
 * scripts of several authors that read it agree, and so do its 37,553 training images, which are six classes of 5,000, all
 * 3,803 of disgust and all 3,750 of contempt.
 *
 * Copies with the folders 0 to 6 can be read as AffectNet-7. Pictures in folders of these folders count as well. Folders with
 * names are custom data, for which the user says what names mean.
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

const firstOfSample = "class001";

/** Class 0 of both splits of the sample. */
export const sampleFolders: Layout = {
  name: "sample",
  files: [join("train_class", firstOfSample), join("val_class", firstOfSample)],
  roots: [""],
};

/** How a layout calls its class folders and images. */
interface Naming {
  /** The folder of AffectNet's number. */
  readonly folderOf: (number: number) => string;
  /** AffectNet's number of a folder, in digits; the name itself where it has none. */
  readonly numberOf: (folder: string) => string;
  readonly idOf: typeof affectnetId;
}

const namings: Readonly<Record<string, Naming>> = {
  [classFolders.name]: {
    folderOf: (number) => `${number}`,
    numberOf: (folder) => folder,
    idOf: affectnetId,
  },
  [sampleFolders.name]: {
    folderOf: (number) => `class${`${number + 1}`.padStart(3, "0")}`,
    numberOf: (folder) => {
      const [, digits] = /^class0([01]\d)$/i.exec(folder) ?? [];
      return digits === undefined || digits === "00" ? folder : `${Number(digits) - 1}`;
    },
    // The splits may number their images alike.
    idOf: (split, stem) => `${split === "train" ? "train" : "val"}_${stem}`,
  },
};

/** The samples by class, then by name. */
export async function loadClassFolders(
  { name, root, files: [train = "", test = ""] }: FoundLayout,
  set: AffectnetSet,
) {
  const naming = namings[name]!;
  const ids = new UniqueIds("Keep one of the two files.");
  return {
    train: await loadSplit(join(root, train, ".."), { split: "train", set, ids, naming }),
    test: await loadSplit(join(root, test, ".."), { split: "test", set, ids, naming }),
  };
}

async function loadSplit(
  folder: string,
  about: {
    readonly split: "train" | "test";
    readonly set: AffectnetSet;
    readonly ids: UniqueIds;
    readonly naming: Naming;
  },
): Promise<Sample[]> {
  const { split, set, ids, naming } = about;
  const { title, findings } = set.loading;
  const { classes } = set;
  const { folders, files, junk } = await foldersAndFiles(folder);
  findings.leaveOut("junk", junk);
  findings.leaveOut("unlabelled", files.filter(isImageName));
  const samples: Sample[] = [];
  for (const name of folders) {
    const expression = readExpression(join(folder, name), naming.numberOf(name), classes);
    if (expression === undefined) continue;
    const { pictures, leftOut } = await picturesBelow(join(folder, name));
    findings.leaveOut("junk", leftOut.junk);
    findings.leaveOut("other", leftOut.other);
    for (const file of pictures) {
      const path = join(folder, name, file);
      const id = naming.idOf(split, parse(file).name);
      ids.add(id, path);
      samples.push({ id, image: { kind: "file", path }, expression });
    }
  }
  const present = new Set(samples.map(({ expression }) => expression));
  const absent = classes.findIndex((expression) => !present.has(expression));
  if (absent >= 0) {
    throw new DatasetError(
      `${title}: expected images in ${join(folder, naming.folderOf(absent))} ` +
        `(${classes[absent]}), found none. ` +
        (absent === 7
          ? "Use affectnet-7 for a copy without contempt."
          : "Unpack all images of the data set."),
    );
  }
  return samples;
}
