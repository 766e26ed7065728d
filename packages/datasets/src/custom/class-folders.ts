/**
 * @file Custom data in folders: one per split, and in it one per class.
 *
 *     train/angry/1.jpg    validation/angry/7.jpg    test/angry/9.jpg     (also val, valid; optional)
 *
 * Pictures in folders of the class folders count as well.
 */
import { basename, join } from "node:path";
import { type Sample, type SplitName, splitNames } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import type { Loading } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { findPath } from "../listing.ts";
import { isImageName } from "../names.ts";
import { foldersAndFiles, picturesBelow } from "../pictures-below.ts";
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
  { root }: FoundLayout,
  reader: ClassReader,
  loading: Loading,
): Promise<Record<SplitName, Sample[]>> {
  const splits: Record<SplitName, Sample[]> = { train: [], validation: [], test: [] };
  const used = new Set<string>();
  for (const split of splitNames) {
    const present = new Set<string>();
    for (const name of folders[split]) {
      const path = await findPath(root, name);
      if (path !== undefined) present.add(basename(path));
    }
    const [name, ...others] = present;
    if (others.length > 0) {
      throw new DatasetError(
        `${root}: expected one folder of the ${split} split, found ${[...present].join(" and ")}. ` +
          `Keep one of them.`,
      );
    }
    if (name === undefined) continue;
    used.add(name);
    splits[split] = await loadSplit(root, name, reader, loading);
  }
  const { folders: all } = await foldersAndFiles(root);
  loading.findings.leaveOut(
    "outside",
    all.filter((name) => !used.has(name) && !ownFolders.has(name)),
  );
  return splits;
}

/** What lies in a data set's folder for other readers. */
const ownFolders: ReadonlySet<string> = new Set(["challenge", "ground-truth"]);

async function loadSplit(
  root: string,
  split: string,
  reader: ClassReader,
  { findings }: Loading,
): Promise<Sample[]> {
  const folder = join(root, split);
  const { folders: classes, files, junk } = await foldersAndFiles(folder);
  const stray = files.filter(isImageName);
  if (stray.length > 0) {
    throw new DatasetError(
      `${folder}: expected a folder per class, found ${stray.length} images outside of any, ` +
        `the first is ${stray[0]}. Move them into the folders of their classes.`,
    );
  }
  const below = (path: string) => `${split}/${path}`;
  findings.leaveOut("junk", junk.map(below));
  findings.leaveOut("other", files.map(below));
  const samples: Sample[] = [];
  for (const name of classes) {
    const expression = reader.read(join(folder, name), name);
    const { pictures, leftOut } = await picturesBelow(join(folder, name));
    const id = (file: string) => below(`${name}/${file}`);
    findings.leaveOut("junk", leftOut.junk.map(id));
    findings.leaveOut("other", leftOut.other.map(id));
    if (expression === undefined) {
      findings.leaveOut("dropped", pictures.map(id));
      continue;
    }
    for (const file of pictures) {
      const image = { kind: "file", path: join(folder, name, file) } as const;
      samples.push({ id: id(file), image, expression });
    }
  }
  return samples;
}
