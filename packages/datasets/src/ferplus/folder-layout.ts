/**
 * @file FERPlus in folders, as the authors' script writes it: images and a label.csv per split.
 *
 *     FER2013Train/fer0000000.png, FER2013Train/label.csv     (also FER2013Valid, FER2013Test)
 *         fer0000000.png,"(0, 0, 48, 48)",4,0,0,2,2,2,0,0,0,0
 *
 * These label.csv files are not fer2013new.csv cut in three: 1,602 images have other votes.
 */
import { join } from "node:path";
import { readCsv, requireFields } from "../csv.ts";
import type { Sample, SplitName } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { listFolder } from "../files.ts";
import { requireImages, UniqueIds } from "../labels.ts";
import type { Layout } from "../layout.ts";
import { applyProtocol, type FerplusProtocol } from "./protocols.ts";
import { readName, readVotes, voteColumns } from "./votes.ts";

const folders: Readonly<Record<SplitName, string>> = {
  train: "FER2013Train",
  validation: "FER2013Valid",
  test: "FER2013Test",
};

export const folderLayout: Layout = {
  name: "folders",
  files: Object.values(folders).map((folder) => join(folder, "label.csv")),
  roots: ["", "data"],
};

/** The samples in the order of the label files. */
export async function loadFolderLayout(
  root: string,
  protocol: FerplusProtocol,
  title: string,
): Promise<Record<SplitName, Sample[]>> {
  const about = { protocol, title, ids: new UniqueIds() };
  return {
    train: await loadSplit(join(root, folders.train), about),
    validation: await loadSplit(join(root, folders.validation), about),
    test: await loadSplit(join(root, folders.test), about),
  };
}

async function loadSplit(
  folder: string,
  about: {
    readonly protocol: FerplusProtocol;
    readonly title: string;
    readonly ids: UniqueIds;
  },
): Promise<Sample[]> {
  const { protocol, title, ids } = about;
  const path = join(folder, "label.csv");
  const present = await listFolder(folder);
  const samples: Sample[] = [];
  const missing: string[] = [];
  let count = 0;
  for await (const row of readCsv(path)) {
    requireFields(path, row, 2 + voteColumns.length);
    const where = `${path}:${row.line}`;
    const [name = "", box = "", ...votes] = row.fields;
    const id = readName(where, name);
    ids.add(id, where);
    requireWholeImage(where, box);
    const expression = applyProtocol(readVotes(where, votes), protocol);
    count += 1;
    if (!present.has(name)) missing.push(name);
    if (expression !== undefined) {
      samples.push({ id, image: { kind: "file", path: join(folder, name) }, expression });
    }
  }
  requireImages(title, { path, count }, missing);
  return samples;
}

/** All published boxes are (0, 0, 48, 48). Any other would need a crop, so it is refused. */
function requireWholeImage(where: string, box: string): void {
  if (!/^\(0, *0, *\d+, *\d+\)$/.test(box)) {
    throw new DatasetError(
      `${where}: expected the box of a whole image, "(0, 0, 48, 48)", found "${box}". ` +
        `Crop the images beforehand, or use the published files.`,
    );
  }
}
