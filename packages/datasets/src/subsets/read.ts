/**
 * @file Subsets of the test images by what makes a face hard: occluded, or turned by more than 30 or 45
 * degrees. All of a subset's images are test images, so one pass over these answers every subset.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname, join, parse, resolve } from "node:path";
import { shorten } from "../csv.ts";
import type { Dataset, Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";
import { exists } from "../layout.ts";
import {
  type ListFamily,
  listFamilies,
  type PublishedList,
  type SubsetName,
  subsetNames,
} from "./published-lists.ts";

export interface Subset {
  readonly name: SubsetName;
  /** "Occlusion-RAF-DB", "Pose-RAF-DB (30)". */
  readonly title: string;
  /** The list that was read. */
  readonly path: string;
  /** [n] ids of test samples, in the order of the list; an image that stands twice is there twice. */
  readonly ids: readonly string[];
  /** Lines that count: the denominator of published accuracies. */
  readonly n: number;
  /** Different images among them. */
  readonly unique: number;
  /** Lines of the published list; absent where this project drew the data. */
  readonly published?: number;
  /** What a reader of the accuracy must know: repeated lines, images that are not in the test set. */
  readonly notes: readonly string[];
}

/** Where the lists may lie: in the data set's folder or beside it, by either name. */
const homes = ["challenge", "Challenge-condition-FER-dataset"];

/** Above how much of the largest turn a drawn face counts for each list; see the synthetic writer. */
const synthetic: Readonly<Record<SubsetName, string>> = {
  occlusion: "drawn faces: those with an occluder",
  "pose-30": "drawn faces: those turned by more than 60 % of the largest turn, not by 30 degrees",
  "pose-45": "drawn faces: those turned by more than 80 % of the largest turn, not by 45 degrees",
};

/**
 * The subsets whose lists lie in `challenge/` below the data set's folder or beside it; none where there
 * are no lists. Throws DatasetError, with path and line, for a line that can not be read; and where
 * RAF-DB's test set lacks a listed image or labels it otherwise, which no protocol explains.
 */
export async function readSubsets(dataset: Dataset): Promise<readonly Subset[]> {
  const family = listFamilies[dataset.name];
  const folder = family && (await findLists(dataset.folder, family));
  if (family === undefined || folder === undefined) return [];
  const test = byListedName(dataset);
  const subsets: Subset[] = [];
  for (const name of subsetNames) {
    const path = join(folder, family.lists[name].file);
    if (await exists(path)) subsets.push(await readSubset(path, name, { dataset, family, test }));
  }
  return subsets;
}

async function findLists(folder: string, family: ListFamily): Promise<string | undefined> {
  for (const parent of [resolve(folder), dirname(resolve(folder))]) {
    for (const home of homes) {
      const lists = join(parent, home, family.folder);
      if (await exists(lists)) return lists;
    }
  }
  return undefined;
}

/** The test samples by the names that lists use. */
function byListedName({ name, splits }: Dataset): ReadonlyMap<string, Sample> {
  return new Map(
    splits.test.map((sample) => [name === "raf-db" ? sample.id : listedName(sample), sample]),
  );
}

/**
 * The name of FERPlus' or AffectNet's image. A name that stands on two rows has two ids; the last counts,
 * as in the folders that FERPlus' authors make with their script, where it overwrites the first.
 */
const listedName = ({ id, image }: Sample) =>
  image.kind === "file" ? parse(basename(image.path)).name : id.replace(/-\d+$/, "");

/** A line of a list, understood. */
interface Line {
  readonly where: string;
  readonly name: string;
  readonly expression: Expression;
}

interface SubsetSource {
  readonly dataset: Dataset;
  readonly family: ListFamily;
  readonly test: ReadonlyMap<string, Sample>;
}

async function readSubset(
  path: string,
  name: SubsetName,
  { dataset, family, test }: SubsetSource,
): Promise<Subset> {
  const list = family.lists[name];
  const lines = await readLines(path, list, family.classes);
  const asked = lines.filter(({ expression }) => dataset.classes.includes(expression));
  const [absent, relabelled]: [Line[], Line[]] = [[], []];
  const ids: string[] = [];
  for (const line of asked) {
    const sample = test.get(line.name);
    if (sample === undefined) absent.push(line);
    else ids.push(sample.id);
    if (sample !== undefined && sample.expression !== line.expression) relabelled.push(line);
  }
  if (family.strict) requireNone(dataset, test, [...absent, ...relabelled]);
  const unique = new Set(ids).size;
  const [kind, angle] = name === "occlusion" ? ["Occlusion"] : ["Pose", name.slice(-2)];
  return {
    name,
    title: `${kind}-${dataset.title}${angle === undefined ? "" : ` (${angle})`}`,
    path,
    ids,
    n: ids.length,
    unique,
    ...(dataset.groundTruth ? {} : { published: list.lines }),
    notes: [
      ...(dataset.groundTruth ? [synthetic[name]] : []),
      ...(unique < ids.length
        ? [`${ids.length} lines name ${unique} images; a repeated line counts again, as published`]
        : []),
      ...absentNotes(dataset, absent, asked.length),
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
  const text = (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  return text.split(/\r?\n/).flatMap((line, i) => {
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

function absentNotes(
  { name, layout, protocol }: Dataset,
  absent: readonly Line[],
  asked: number,
): string[] {
  if (absent.length === 0) return [];
  const why =
    name === "ferplus"
      ? `under the protocol ${protocol}, layout ${layout}`
      : absent.length === asked
        ? `of layout ${layout}: the lists use the names of the first distribution`
        : "in this copy";
  return [
    `${absent.length} of ${asked} listed images are not among the test images ${why}; ` +
      `the first is at ${absent[0]!.where}`,
  ];
}
