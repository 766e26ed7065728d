/** @file Compares images of two splits with one another. One task of a worker thread. */
import { correlation, ones } from "./perceptual-hash.ts";

/** The perceptual hashes of N images, in memory that threads share. */
export interface Prints {
  /** [N, 2] */
  readonly bits: Uint32Array<SharedArrayBuffer>;
  /** [N, 16, 16] */
  readonly thumbnails: Uint8Array<SharedArrayBuffer>;
  /** [N] the same number for files with the same content. */
  readonly contents: Uint32Array<SharedArrayBuffer>;
}

/** Compares the images `first` to `end - 1` of `others` with all of `some`. */
export interface NearTask {
  readonly some: Prints;
  readonly others: Prints;
  readonly first: number;
  readonly end: number;
}

/** Two images that look the same, by their rows. */
export interface NearRows {
  readonly one: number;
  readonly other: number;
  /** Of the thumbnails. */
  readonly correlation: number;
}

/**
 * Images look the same if at most 8 of their 64 bits differ and their thumbnails correlate by 0.97 or more.
 * Of 150 synthetic faces of 100 x 100 all did after being encoded again (JPEG, quality 40), halved, enlarged
 * to 224 x 224 or made brighter by a fifth, and most did after being made grey. Of 499,500 pairs of different
 * faces the nearest correlated by 0.88. Images from which a border of two pixels was cut off are not found.
 */
const mostBits = 8;
const leastCorrelation = 0.97;

/** For each of the `others` the first of `some` that it looks like and that has another content. */
export default function nearRows({ some, others, first, end }: NearTask): NearRows[] {
  const found: NearRows[] = [];
  for (let other = first; other < end; other += 1) {
    const near = nearest(some, others, other);
    if (near !== undefined) found.push(near);
  }
  return found;
}

function nearest(some: Prints, others: Prints, other: number): NearRows | undefined {
  const { bits, contents } = some;
  const [upper, lower] = [others.bits[2 * other]!, others.bits[2 * other + 1]!];
  for (let one = 0; one < contents.length; one += 1) {
    if (ones(upper ^ bits[2 * one]!) + ones(lower ^ bits[2 * one + 1]!) > mostBits) continue;
    if (others.contents[other] === contents[one]) continue;
    const alike = correlation(thumbnailOf(others, other), thumbnailOf(some, one));
    if (alike >= leastCorrelation) return { one, other, correlation: alike };
  }
  return undefined;
}

function thumbnailOf({ thumbnails, contents }: Prints, row: number): Uint8Array {
  const length = thumbnails.length / contents.length;
  return thumbnails.subarray(row * length, (row + 1) * length);
}
