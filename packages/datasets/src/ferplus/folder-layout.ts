/**
 * @file FERPlus in folders, as the authors' script writes it: images and a label.csv per split.
 *
 *     FER2013Train/fer0000000.png, FER2013Train/label.csv     (also FER2013Valid, FER2013Test)
 *         fer0000000.png,"(0, 0, 48, 48)",4,0,0,2,2,2,0,0,0,0
 *
 * These label.csv files are not fer2013new.csv cut in three: 1,602 images have other votes.
 */
import { dirname, join } from "node:path";
import { readCsv, requireFields } from "../csv.ts";
import type { Sample, SplitName } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { type Loading, requireImages, UniqueIds } from "../labels.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { Listing } from "../listing.ts";
import { isImageName } from "../names.ts";
import { applyProtocol, type FerplusProtocol } from "./protocols.ts";
import { readName, readVotes, voteColumns } from "./votes.ts";

const folders = ["FER2013Train", "FER2013Valid", "FER2013Test"];

export const folderLayout: Layout = {
  name: "folders",
  files: folders.map((folder) => join(folder, "label.csv")),
  roots: ["", "data", join("FERPlus", "data"), join("FERPlus-master", "data")],
};

/** The samples in the order of the label files. */
export async function loadFolderLayout(
  { root, files: [train = "", validation = "", test = ""] }: FoundLayout,
  protocol: FerplusProtocol,
  loading: Loading,
): Promise<Record<SplitName, Sample[]>> {
  const about = { protocol, loading, ids: new UniqueIds() };
  return {
    train: await loadSplit(join(root, train), about),
    validation: await loadSplit(join(root, validation), about),
    test: await loadSplit(join(root, test), about),
  };
}

async function loadSplit(
  path: string,
  about: {
    readonly protocol: FerplusProtocol;
    readonly loading: Loading;
    readonly ids: UniqueIds;
  },
): Promise<Sample[]> {
  const { protocol, loading, ids } = about;
  const folder = dirname(path);
  const listing = await Listing.of(folder);
  const labelled = new Set<string>();
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
    const file = listing.findImage(name);
    if (file === undefined) missing.push(name);
    labelled.add(file ?? name);
    if (expression !== undefined) {
      const image = { kind: "file", path: join(folder, file ?? name) } as const;
      samples.push({ id, image, expression });
    }
  }
  const unused = listing.names.filter((name) => isImageName(name) && !labelled.has(name));
  requireImages(loading, { path, count }, missing, unused);
  loading.findings.leaveOut("unlabelled", unused);
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
