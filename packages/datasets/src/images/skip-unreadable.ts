/** @file Leaves a few images that cannot be read out of a data set, if the user allows it. */
import { listFirst } from "@mvt/common";
import { type Sample, type SplitName, splitNames } from "../dataset.ts";
import type { Dataset } from "../datasets.ts";
import { DatasetError } from "../error.ts";
import { adviceFor, findUnreadable, nameOf, type TryOptions } from "./decode.ts";
import { type DatasetHashes, joinHashes } from "./hashes.ts";

/** How many images may be left out: a number, or a share of all. */
export type SkipLimit = { readonly most: number } | { readonly share: number };

/** An image that was left out. */
export interface SkippedImage {
  readonly split: SplitName;
  readonly sample: Sample;
  /** Why it cannot be read. */
  readonly reason: string;
}

/** "5" or "0.1%". Undefined for any other text, for numbers below 0, and for shares above 100 %. */
export function parseSkipLimit(text: string): SkipLimit | undefined {
  const { number = "", percent } =
    /^(?<number>\d+(?:\.\d+)?)(?<percent>\s*%)?$/.exec(text)?.groups ?? {};
  const value = Number(number);
  if (number === "") return undefined;
  if (percent !== undefined) return value <= 100 ? { share: value / 100 } : undefined;
  return Number.isSafeInteger(value) ? { most: value } : undefined;
}

/** How many of `count` images may be left out. */
export function mostSkipped(limit: SkipLimit, count: number): number {
  return "most" in limit ? limit.most : Math.floor(limit.share * count + 1e-9); // 0.1 % of 3000 is 3
}

/** Names in a message. */
const named = 5;

export interface SkipOptions extends Omit<TryOptions, "hashes"> {
  /** As `hashDataset` returns them. With a `cacheFolder`, content that could be decoded before is not decoded again. */
  readonly hashes?: DatasetHashes;
}

/**
 * The data set without the images that cannot be read, which are in its `skipped`. Every image is decoded once, unless its
 * content is known to be readable.
 *
 * The images are gone for everything that reads the data set, its fingerprint included, so a run on what is left is another
 * run than one on all. Throws DatasetError if there are more than `limit` allows, and if no image of a split is left.
 */
export async function skipUnreadable(
  dataset: Dataset,
  limit: SkipLimit,
  { hashes, ...options }: SkipOptions = {},
): Promise<Dataset> {
  const all = splitNames.flatMap((split) =>
    dataset.splits[split].map((sample) => ({ split, sample })),
  );
  const unreadable = await findUnreadable(
    all.map(({ sample }) => sample),
    { ...options, hashes: hashes && joinHashes(hashes) },
  );
  const skipped = unreadable.map(({ row, reason }) => ({ ...all[row]!, reason }));
  if (skipped.length === 0) return dataset;
  const most = mostSkipped(limit, all.length);
  if (skipped.length > most) {
    const listed = listFirst(skipped.map(describeSkipped), named);
    throw new DatasetError(
      `${dataset.title}: expected at most ${most} of ${all.length} images that cannot be read, as allowed, found ${skipped.length}: ${listed}. ${adviceFor(skipped.map(({ reason }) => reason))}, or allow more.`,
    );
  }
  const gone = new Set(skipped.map(({ sample }) => sample));
  const splits: Partial<Record<SplitName, readonly Sample[]>> = {};
  for (const split of splitNames) {
    const samples = dataset.splits[split];
    const left = samples.filter((sample) => !gone.has(sample));
    if (samples.length > 0 && left.length === 0) {
      const { reason } = skipped.find((image) => image.split === split)!;
      throw new DatasetError(
        `${dataset.title}: expected a readable image in the ${split} split, found none (${reason}). ${adviceFor([reason])}.`,
      );
    }
    splits[split] = left;
  }
  return { ...dataset, splits: splits as Dataset["splits"], skipped };
}

/** "train_00001_aligned.jpg (0 bytes)". */
export function describeSkipped({ sample, reason }: SkippedImage): string {
  return `${nameOf(sample)} (${reason})`;
}
