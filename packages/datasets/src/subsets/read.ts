/**
 * @file Subsets of the test images: occluded faces, and faces turned by more than 30 or 45 degrees. All their
 * images are test images, so one pass over the test images measures every subset.
 */
import { dirname, join, resolve } from "node:path";
import { listFirst, shorten } from "@mvt/common";
import type { Sample } from "../dataset.ts";
import { type Dataset, datasets } from "../datasets.ts";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";
import { readLines as readTextLines } from "../label-text.ts";
import { onlyFolderIn } from "../layout.ts";
import { findPath, Listing } from "../listing.ts";
import {
  type PublishedList,
  type PublishedLists,
  type SubsetName,
  subsetNames,
} from "./published-lists.ts";

export interface Subset {
  readonly name: SubsetName;
  /** "Occlusion-RAF-DB", "Pose-RAF-DB (30)". */
  readonly title: string;
  /** The list that was read. */
  readonly path: string;
  /** [n] ids of test samples, in the order of the list. An image on two lines is there twice. */
  readonly ids: readonly string[];
  /** How many lines count. It is the denominator of published accuracies. */
  readonly n: number;
  /** Different images among them. */
  readonly unique: number;
  /** Lines of the published list; absent for synthetic data. */
  readonly published?: number;
  /** What a reader of the accuracy must know, such as repeated lines and images that are not in the test set. */
  readonly notes: readonly string[];
}

/** The repository of the lists, and the folders that GitHub's archives of it unpack to. */
const repositories = ["", "-master", "-main"].map(
  (branch) => `Challenge-condition-FER-dataset${branch}`,
);

/** Names of the folder of all lists, which lies in the data set's folder or next to it. */
const folders = ["challenge", ...repositories];

/** Which synthetic faces are in each list, as a note; see `synthetic/challenge-lists.ts`. */
const synthetic: Readonly<Record<SubsetName, string>> = {
  occlusion: "drawn faces: those with an occluder",
  "pose-30": "drawn faces: those turned by more than 60 % of the largest turn, not by 30 degrees",
  "pose-45": "drawn faces: those turned by more than 80 % of the largest turn, not by 45 degrees",
};

/**
 * The subsets whose lists lie in `challenge/` in the data set's folder or next to it; none if there are no
 * lists. Throws DatasetError, with path and line, for a line that cannot be read, and if RAF-DB's test set lacks
 * a listed image or labels it differently, which no protocol explains.
 */
export async function readSubsets(dataset: Dataset): Promise<readonly Subset[]> {
  const { lists: published } = datasets[dataset.name];
  const folder = published && (await findLists(dataset.folder, published));
  if (published === undefined || folder === undefined) return [];
  const test = new Map(dataset.splits.test.map((sample) => [published.nameOf(sample), sample]));
  const skipped = new Set((dataset.skipped ?? []).map(({ sample }) => published.nameOf(sample)));
  const listing = await Listing.of(folder);
  const subsets: Subset[] = [];
  for (const name of subsetNames) {
    const file = listing.find(published.lists[name].file);
    if (file === undefined) continue;
    const path = join(folder, file);
    subsets.push(await readSubset(path, name, { dataset, published, test, skipped }));
  }
  if (subsets.length === 0 && listing.names.length > 0) {
    const wanted = subsetNames.map((name) => published.lists[name].file).join(" or ");
    throw new DatasetError(
      `${folder}: expected ${wanted}, found ${listFirst(listing.names, 10) || "an empty folder"}. ` +
        `Put the lists there, or remove the folder.`,
    );
  }
  return subsets;
}

async function findLists(folder: string, published: PublishedLists): Promise<string | undefined> {
  for (const parent of [resolve(folder), dirname(resolve(folder))]) {
    for (const name of folders) {
      // An archive may unpack to a folder in the folder that was made for it.
      let place = await findPath(parent, name);
      for (let i = 0; place !== undefined && i < 3; i += 1) {
        const lists = await findPath(place, published.folder);
        if (lists !== undefined) return lists;
        place = await onlyFolderIn(place);
      }
    }
  }
  return undefined;
}

/** A line of a list. */
interface Line {
  readonly where: string;
  readonly name: string;
  readonly expression: Expression;
}

interface SubsetSource {
  readonly dataset: Dataset;
  readonly published: PublishedLists;
  /** By the names that lists use. */
  readonly test: ReadonlyMap<string, Sample>;
  /** Images that cannot be read and were left out, by the names that lists use. */
  readonly skipped: ReadonlySet<string>;
}

async function readSubset(
  path: string,
  name: SubsetName,
  { dataset, published, test, skipped }: SubsetSource,
): Promise<Subset> {
  const list = published.lists[name];
  const lines = await readLines(path, list, published.classes);
  const ofClasses = lines.filter(({ expression }) => dataset.classes.includes(expression));
  const counted = ofClasses.filter((line) => !skipped.has(line.name));
  const [absent, relabelled]: [Line[], Line[]] = [[], []];
  const ids: string[] = [];
  for (const line of counted) {
    const sample = test.get(line.name);
    if (sample === undefined) absent.push(line);
    else ids.push(sample.id);
    if (sample !== undefined && sample.expression !== line.expression) relabelled.push(line);
  }
  if (published.strict) requireNone(dataset, test, [...absent, ...relabelled]);
  const unique = new Set(ids).size;
  const [kind, angle] = name === "occlusion" ? ["Occlusion"] : ["Pose", name.slice(-2)];
  return {
    name,
    title: `${kind}-${dataset.title}${angle === undefined ? "" : ` (${angle})`}`,
    path,
    ids,
    n: ids.length,
    unique,
    published: dataset.groundTruth ? undefined : list.lines,
    notes: [
      ...(dataset.groundTruth ? [synthetic[name]] : []),
      ...(unique < ids.length
        ? [`${ids.length} lines name ${unique} images; a repeated line counts again, as published`]
        : []),
      ...(counted.length < ofClasses.length
        ? [
            `${ofClasses.length - counted.length} of ${ofClasses.length} lines name images that cannot be read and were left out`,
          ]
        : []),
      ...absentNotes(
        published.whyAbsent(dataset, absent.length === counted.length),
        absent,
        counted.length,
      ),
      ...(relabelled.length > 0
        ? [
            `${relabelled.length} of ${ids.length} have another label in the list than under ` +
              `${dataset.protocol}, which counts here; the first is at ${relabelled[0]!.where}`,
          ]
        : []),
    ],
  };
}

async function readLines(
  path: string,
  { pattern, example }: PublishedList,
  classes: readonly Expression[],
): Promise<Line[]> {
  return (await readTextLines(path)).flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = `${path}:${i + 1}`;
    const { name, label } = pattern.exec(line.trim())?.groups ?? {};
    const expression = classes[Number(label)];
    if (name === undefined || expression === undefined) {
      throw new DatasetError(
        `${where}: expected a line such as "${example}" with a label from 0 to ${classes.length - 1}, ` +
          `found "${shorten(line)}". Use the list as it is published.`,
      );
    }
    return [{ where, name, expression }];
  });
}

function requireNone(
  { title, folder }: Dataset,
  test: ReadonlyMap<string, Sample>,
  wrong: readonly Line[],
): void {
  const [first] = wrong;
  if (first === undefined) return;
  const found = test.get(first.name);
  throw new DatasetError(
    `${first.where}: expected ${first.name} among the test images of ${title} as ${first.expression}, ` +
      `found ${found ? `it as ${found.expression}` : "none"}; ${wrong.length} such lines. ` +
      `Use the list for the data set in ${folder}, both as they are published.`,
  );
}

function absentNotes(why: string, absent: readonly Line[], listed: number): string[] {
  if (absent.length === 0) return [];
  return [
    `${absent.length} of ${listed} listed images are not among the test images ${why}; ` +
      `the first is at ${absent[0]!.where}`,
  ];
}
