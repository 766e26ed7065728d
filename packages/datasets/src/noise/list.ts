/**
 * @file Lists of noisy labels, as SCN, RUL and EAC train with: a label per training image.
 *
 *     train_00001.jpg 5        a name, with "_aligned" and extension or without, and a number of the data set's files
 *     train_00002.jpg 4
 *
 * RAF-DB's numbers are 1 to 7, AffectNet's 0 to 7. FERPlus has votes and no numbers; its lists number the columns of
 * votes, 0 to 7.
 */
import { createHash } from "node:crypto";
import { parse } from "node:path";
import { shorten } from "@mvt/common";
import type { Sample } from "../dataset.ts";
import { type Dataset, datasets } from "../datasets.ts";
import { DatasetError } from "../error.ts";
import { isMissing } from "../files.ts";
import { readLines } from "../label-text.ts";
import { labelAdvice, UniqueIds } from "../labels.ts";
import { isImageName } from "../names.ts";

/** The lines of a list; what they mean depends on the data set. */
export interface LabelList {
  readonly path: string;
  readonly lines: readonly LabelListLine[];
}

interface LabelListLine {
  /** path:line */
  readonly where: string;
  readonly name: string;
  readonly number: number;
}

/** What a list says of a data set. */
export interface ListedLabels {
  /** Class indices by the ids of training samples, validation images that are held out of them included. */
  readonly labels: ReadonlyMap<string, number>;
  /** SHA-256, in hex, of the ids and labels. Their order, line ends and the way names are written do not matter. */
  readonly sha256: string;
}

/** Reads the lines of a list. Throws DatasetError, with the line, for one that is no name and number. */
export async function readLabelList(path: string): Promise<LabelList> {
  const texts = await readLines(path).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    throw new DatasetError(`${path}: expected a list of labels, found no file. Check the path.`);
  });
  const lines = texts.flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = `${path}:${i + 1}`;
    const { name, number } = /^(?<name>\S.*?)\s+(?<number>\d+)$/.exec(line.trim())?.groups ?? {};
    if (name === undefined) {
      throw new DatasetError(
        `${where}: expected the name of a training image and the number of a class, as in "train_00001.jpg 5", found "${shorten(line)}". Correct the line.`,
      );
    }
    return [{ where, name, number: Number(number) }];
  });
  if (lines.length === 0) {
    throw new DatasetError(
      `${path}: expected a line per training image, as in "train_00001.jpg 5", found none. Check the path.`,
    );
  }
  return { path, lines };
}

/**
 * The labels that a list gives the training images of `dataset`.
 *
 * Lines of images that were left out because they cannot be read are passed over.
 *
 * Throws DatasetError, with the line, for a name that is no training image's, a number that is no class's, and an image's
 * second line; for a data set without numbers; and for a list with paths, as SCN's own, whose numbers do not tell
 * whether they count from 0 or from 1.
 */
export function applyLabelList({ path, lines }: LabelList, dataset: Dataset): ListedLabels {
  const { title, classes, name } = dataset;
  const { firstLabelNumber: first } = datasets[name];
  if (first === undefined) {
    throw new DatasetError(
      `${path}: expected a data set whose files number their classes, found ${title}, which names them. Change the labels in its own files instead.`,
    );
  }
  requireNumbering({ path, lines }, { title, first, last: first + classes.length - 1 });
  const idOf = trainingIds(dataset.splits.train);
  const skipped = trainingIds((dataset.skipped ?? []).map(({ sample }) => sample));
  const seen = new UniqueIds(labelAdvice.own);
  const labels = new Map<string, number>();
  for (const line of lines) {
    const id = idOf.get(imageKey(line.name));
    if (id === undefined && skipped.has(imageKey(line.name))) continue; // an image that was left out
    if (id === undefined) {
      throw new DatasetError(
        `${line.where}: expected a training image of ${title}, such as ${dataset.splits.train[0]!.id}, found "${shorten(line.name)}". Remove the line, or name the data set that the list belongs to.`,
      );
    }
    seen.add(id, line.where);
    const label = line.number - first;
    if (classes[label] === undefined) {
      const fromZero =
        line.number < first
          ? " If the list counts from 0, as SCN's own does, add 1 to each label."
          : "";
      throw new DatasetError(
        `${line.where}: expected a label from ${first} (${classes[0]}) to ${first + classes.length - 1} (${classes.at(-1)}), found ${line.number}. Use the numbers of ${title}'s own files.${fromZero}`,
      );
    }
    labels.set(id, label);
  }
  const content = [...labels].map(([id, label]) => `${id} ${classes[label]}\n`).toSorted();
  return { labels, sha256: createHash("sha256").update(content.join("")).digest("hex") };
}

/**
 * SCN's own lists have absolute paths and count from 0, others have names and the data set's numbers. If a list has paths,
 * its numbers must tell: the number of one class exists in one of the two ways of counting only.
 */
function requireNumbering(
  { path, lines }: LabelList,
  { title, first, last }: { readonly title: string; readonly first: number; readonly last: number },
): void {
  const telling = first === 0 ? 0 : last;
  const inFolder = lines.find(({ name }) => /[/\\]/.test(name));
  if (inFolder === undefined || lines.some(({ number }) => number === telling)) return;
  const contrary = lines.find(({ number }) => number === 0);
  const found = contrary
    ? `0 at ${contrary.where}, so it counts from 0`
    : `paths, the first at ${inFolder.where}, as in lists that count from 0, and no ${telling} that would tell`;
  throw new DatasetError(
    `${path}: expected the numbers of ${title}'s own files, from ${first} to ${last}, found ${found}. Write names without folders and these numbers.`,
  );
}

/** The ids of training samples by the names that lists may use: their ids, and the names of their files. */
function trainingIds(samples: readonly Sample[]): ReadonlyMap<string, string> {
  const ids = new Map(samples.map(({ id }) => [imageKey(id), id]));
  for (const { id, image } of samples) {
    const key = image.kind === "file" ? imageKey(image.path) : undefined;
    if (key !== undefined && !ids.has(key)) ids.set(key, id);
  }
  return ids;
}

/** "train_00001" of "aligned/train_00001_aligned.jpg". */
function imageKey(name: string): string {
  const { base, name: stem } = parse(name.replaceAll("\\", "/"));
  return (isImageName(base) ? stem : base).replace(/_aligned$/, "");
}
