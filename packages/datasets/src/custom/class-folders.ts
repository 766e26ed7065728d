/**
 * @file Custom data in folders: one per split, and in it one per class.
 *
 *     train/angry/1.jpg    validation/angry/7.jpg    test/angry/9.jpg     (also val, valid; optional)
 */
import { join } from "node:path";
import { type Sample, type SplitName, splitNames } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { exists, listImages } from "../files.ts";
import type { Layout } from "../layout.ts";
import type { ClassReader, CustomLayout } from "./mapping.ts";

export const classFolders: Layout = {
  name: "folders" satisfies CustomLayout,
  files: ["train", "test"],
  roots: [""],
};

const folders: Readonly<Record<SplitName, readonly string[]>> = {
  train: ["train"],
  validation: ["validation", "val", "valid"],
  test: ["test"],
};

/** The samples by class folder, then by name. An id is the path below the data set's folder. */
export async function loadClassFolders(
  root: string,
  reader: ClassReader,
): Promise<Record<SplitName, Sample[]>> {
  const splits: Record<SplitName, Sample[]> = { train: [], validation: [], test: [] };
  for (const split of splitNames) {
    const present: string[] = [];
    for (const name of folders[split]) if (await exists(join(root, name))) present.push(name);
    if (present.length > 1) {
      throw new DatasetError(
        `${root}: expected one folder of the ${split} split, found ${present.join(" and ")}. ` +
          `Keep one of them.`,
      );
    }
    if (present[0] !== undefined) splits[split] = await loadSplit(root, present[0], reader);
  }
  return splits;
}

async function loadSplit(root: string, split: string, reader: ClassReader): Promise<Sample[]> {
  const folder = join(root, split);
  const { folders: classes, images: stray } = await listImages(folder);
  if (stray.length > 0) {
    throw new DatasetError(
      `${folder}: expected a folder per class, found ${stray.length} images outside of any, ` +
        `the first is ${stray[0]}. Move them into the folders of their classes.`,
    );
  }
  const samples: Sample[] = [];
  for (const name of classes) {
    const expression = reader.read(join(folder, name), name);
    if (expression === undefined) continue;
    const { images } = await listImages(join(folder, name));
    for (const file of images) {
      const image = { kind: "file", path: join(folder, name, file) } as const;
      samples.push({ id: `${split}/${name}/${file}`, image, expression });
    }
  }
  return samples;
}
