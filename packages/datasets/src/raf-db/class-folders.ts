/**
 * @file RAF-DB as many training scripts expect it: a folder per label and no label files.
 *
 *     train/1/train_00001_aligned.jpg ... train/7/    test/1/test_0001_aligned.jpg ... test/7/
 *     valid/1/ ...                                    (also val, validation: with test/ beside it the validation split)
 *
 * The numbers are RAF-DB's, from 1 (surprise) to 7 (neutral). Folders 0 to 6, or with names, may mean anything: they are
 * custom data.
 */
import { join } from "node:path";
import type { Sample, SplitName } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { type Loading, UniqueIds } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { findPath } from "../listing.ts";
import { foldersAndFiles, picturesBelow } from "../pictures-below.ts";
import { idOf, rafDbClasses } from "./classes.ts";

const numbers = rafDbClasses.map((_, i) => `${i + 1}`);
const validations = ["valid", "val", "validation"];

/** Folder 1 and folder 7 of both splits, so that folders 0 to 6 are not taken for these. */
export const classFolders: Layout = {
  name: "folders",
  files: [
    join("train", "1"),
    join("train", "7"),
    ["test", ...validations].map((split) => join(split, "1")),
    ["test", ...validations].map((split) => join(split, "7")),
  ],
  roots: ["", "DATASET", "basic", "raf-basic"],
};

/** The samples by class, then by name; `tested` is the folder of the images that are tested on. */
export async function loadClassFolders(
  { root, files: [train = "", , test = ""] }: FoundLayout,
  loading: Loading,
) {
  const trainFolder = join(root, train, "..");
  const tested = join(root, test, "..");
  const validation = await validationFolder(root, tested);
  const ids = new UniqueIds("Keep one of the two files.");
  const load = (folder: string, split: SplitName) => loadSplit(folder, split, { loading, ids });
  return {
    train: await load(trainFolder, "train"),
    validation: validation === undefined ? [] : await load(validation, "validation"),
    test: await load(tested, "test"),
    tested,
  };
}

/** The folder of the validation split, unless it is the one that is tested on. */
async function validationFolder(root: string, tested: string): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of validations) {
    const folder = await findPath(root, name);
    if (folder !== undefined && folder !== tested) found.push(folder);
  }
  if (found.length > 1) {
    throw new DatasetError(
      `${root}: expected one folder of the validation split, found ${found.join(" and ")}. Keep one of them.`,
    );
  }
  return found[0];
}

async function loadSplit(
  folder: string,
  split: SplitName,
  { loading, ids }: { readonly loading: Loading; readonly ids: UniqueIds },
): Promise<Sample[]> {
  const { folders, files, junk } = await foldersAndFiles(folder);
  const unknown = folders.find((name) => !numbers.includes(name));
  if (unknown !== undefined) {
    throw new DatasetError(
      `${join(folder, unknown)}: expected folders from 1 (surprise) to 7 (neutral), found "${unknown}". ` +
        `If the folders have another order or names, read them as custom data: --dataset custom --classes.`,
    );
  }
  loading.findings.leaveOut("junk", junk);
  loading.findings.leaveOut("unlabelled", files);
  const samples: Sample[] = [];
  for (const [i, expression] of rafDbClasses.entries()) {
    if (!folders.includes(numbers[i]!)) continue;
    const place = join(folder, numbers[i]!);
    const { pictures, leftOut } = await picturesBelow(place);
    loading.findings.leaveOut("junk", leftOut.junk);
    loading.findings.leaveOut("other", leftOut.other);
    for (const file of pictures) {
      const path = join(place, file);
      const id = idOf(file.split("/").at(-1)!) ?? `${split}/${numbers[i]}/${file}`;
      requireSplit(id, split, path);
      ids.add(id, path);
      samples.push({ id, image: { kind: "file", path }, expression });
    }
  }
  return samples;
}

/** RAF-DB's own names say which split an image is of. Validation images may be held out of either. */
function requireSplit(id: string, split: SplitName, path: string): void {
  const other = split === "train" ? "test" : "train";
  if (split === "validation" || !new RegExp(`^${other}_\\d+$`).test(id)) return;
  throw new DatasetError(
    `${path}: expected images of the ${split} split, found one that RAF-DB has in the other. ` +
      `Put it there; to train on splits of your own, read the folders as custom data: --dataset custom --classes.`,
  );
}
