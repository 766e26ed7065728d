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
import { listFolder } from "../files.ts";
import { requireImages } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { affectnetId, type AffectnetSet, readExpression } from "./classes.ts";
import { readNpyText } from "./npy.ts";

const filesAtOnce = 16;

/** Of an annotation; the published ones have about 90 bytes. */
const maximumBytes = 2 ** 20;
const [images, annotations] = ["images", "annotations"];

/** One layout per name of the validation folder. */
export const npyLayouts: readonly Layout[] = ["val_set", "valid_set"].map((validation) => ({
  name: "npy",
  files: ["train_set", validation].flatMap((split) => [
    join(split, images),
    join(split, annotations),
  ]),
  roots: [""],
}));

/** The samples in the order of their numbers. */
export async function loadNpyLayout(
  { root, files: [trainImages = "", , testImages = ""] }: FoundLayout,
  set: AffectnetSet,
) {
  return {
    train: await loadSplit(join(root, trainImages, ".."), "train", set),
    test: await loadSplit(join(root, testImages, ".."), "test", set),
  };
}

async function loadSplit(
  folder: string,
  split: "train" | "test",
  { title, classes }: AffectnetSet,
): Promise<Sample[]> {
  const [imageFiles, labels] = await Promise.all([
    listFolder(join(folder, images)),
    listFolder(join(folder, annotations)),
  ]);
  const numbers = [...labels]
    .flatMap((file) => /^(\d+)_exp\.npy$/.exec(file)?.[1] ?? [])
    .toSorted((a, b) => Number(a) - Number(b));
  requireImages(
    title,
    { path: join(folder, annotations), count: numbers.length },
    numbers.map((number) => `${number}.jpg`).filter((file) => !imageFiles.has(file)),
  );
  requireAnnotations(folder, imageFiles, new Set(numbers));
  const expressions = await mapConcurrently(numbers, filesAtOnce, async (number) => {
    const path = join(folder, annotations, `${number}_exp.npy`);
    return readExpression(
      path,
      readNpyText(path, await readRegular(path, { maximumBytes })),
      classes,
    );
  });
  return numbers.flatMap((number, i) => {
    const expression = expressions[i];
    const path = join(folder, images, `${number}.jpg`);
    return expression === undefined
      ? []
      : [{ id: affectnetId(split, number), image: { kind: "file", path } as const, expression }];
  });
}

/** Throws DatasetError if images lack a label: the set was unpacked only in part. */
function requireAnnotations(
  folder: string,
  imageFiles: ReadonlySet<string>,
  numbers: ReadonlySet<string>,
): void {
  const files = [...imageFiles].filter((file) => file.endsWith(".jpg"));
  const without = files.filter((file) => !numbers.has(file.slice(0, -".jpg".length)));
  if (without.length === 0) return;
  throw new DatasetError(
    `${join(folder, annotations)}: expected a label NUMBER_exp.npy for each of ${files.length} images, ` +
      `found none for ${without.length}: ${listFirst(without.toSorted(), 5)}. ` +
      `Unpack all annotations of the data set.`,
  );
}
