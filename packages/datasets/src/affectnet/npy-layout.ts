/**
 * @file AffectNet as it has been distributed since 2021: cropped faces, and their labels as NumPy files.
 *
 *     train_set/images/0.jpg    train_set/annotations/0_exp.npy    (one text, "1"; also _val, _aro, _lnd)
 *     val_set/images/0.jpg      val_set/annotations/0_exp.npy      (also valid_set)
 *
 * The numbers have gaps, and both splits count from 0.
 */
import { join } from "node:path";
import { listFirst } from "@mvt/common";
import { readRegular } from "@mvt/common/files";
import { mapConcurrently } from "../concurrently.ts";
import type { Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { requireImages } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { Listing } from "../listing.ts";
import { imageStem, isImageName } from "../names.ts";
import { affectnetId, type AffectnetSet, readExpression } from "./classes.ts";
import { readNpyText } from "./npy.ts";

const filesAtOnce = 16;

/** Of an annotation; the published ones have about 90 bytes. */
const maximumBytes = 2 ** 20;
const [images, annotations] = ["images", "annotations"];

const validations = ["val_set", "valid_set"];

export const npyLayout: Layout = {
  name: "npy",
  files: [
    join("train_set", images),
    join("train_set", annotations),
    validations.map((folder) => join(folder, images)),
    validations.map((folder) => join(folder, annotations)),
  ],
  roots: [""],
};

/** The samples in the order of their numbers. */
export async function loadNpyLayout(
  { root, files: [trainImages = "", train = "", testImages = "", test = ""] }: FoundLayout,
  set: AffectnetSet,
) {
  const below = (path: string) => join(root, path);
  return {
    train: await loadSplit(below(trainImages), below(train), "train", set),
    test: await loadSplit(below(testImages), below(test), "test", set),
  };
}

async function loadSplit(
  imagesFolder: string,
  labelsFolder: string,
  split: "train" | "test",
  { loading, classes }: AffectnetSet,
): Promise<Sample[]> {
  const [imageFiles, labels] = await Promise.all([
    Listing.of(imagesFolder),
    Listing.of(labelsFolder),
  ]);
  const numbers = labels.names
    .flatMap((file) => /^(\d+)_exp\.npy$/.exec(file)?.[1] ?? [])
    .toSorted((a, b) => Number(a) - Number(b));
  const found = numbers.map((number) => imageFiles.findImage(`${number}.jpg`));
  const used = new Set(found);
  const unlabelled = imageFiles.names.filter((name) => isImageName(name) && !used.has(name));
  requireImages(
    loading,
    { path: labelsFolder, count: numbers.length },
    numbers.flatMap((number, i) => (found[i] === undefined ? [`${number}.jpg`] : [])),
    unlabelled,
  );
  if (loading.missing === "refuse") requireLabels(labelsFolder, imageFiles.names, unlabelled);
  loading.findings.leaveOut("unlabelled", unlabelled);
  const expressions = await mapConcurrently(numbers, filesAtOnce, async (number) => {
    const path = join(labelsFolder, `${number}_exp.npy`);
    const read = async () =>
      Buffer.from(readNpyText(path, await readRegular(path, { maximumBytes })));
    const text = await (loading.files === undefined
      ? read()
      : loading.files.of(path, "text", read));
    return readExpression(path, text.toString("utf8"), classes);
  });
  return numbers.flatMap((number, i) => {
    const expression = expressions[i];
    const path = join(imagesFolder, found[i] ?? `${number}.jpg`);
    return expression === undefined
      ? []
      : [{ id: affectnetId(split, number), image: { kind: "file", path } as const, expression }];
  });
}

/** Throws DatasetError if images lack a label: the set was unpacked only in part. */
function requireLabels(
  labelsFolder: string,
  files: readonly string[],
  unlabelled: readonly string[],
): void {
  const numbered = unlabelled.filter((name) => /^\d+$/.test(imageStem(name)));
  if (numbered.length === 0) return;
  throw new DatasetError(
    `${labelsFolder}: expected a label NUMBER_exp.npy for each of ${files.filter(isImageName).length} images, ` +
      `found none for ${numbered.length}: ${listFirst(numbered, 5)}. ` +
      `Unpack all annotations of the data set.`,
  );
}
