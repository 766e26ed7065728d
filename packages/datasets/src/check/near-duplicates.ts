/** @file Finds images of two splits that look the same and are different files. */
import { groupBy } from "@mvt/common";
import type { SplitName } from "../dataset.ts";
import { correlation, ones, type PerceptualHash } from "./perceptual-hash.ts";

/** An image that could be decoded. */
export interface HashedImage {
  readonly name: string;
  readonly split: SplitName;
  /** SHA-256 of the file's content. */
  readonly hash: string;
  readonly perceptual: PerceptualHash;
}

export interface NearPair {
  readonly names: readonly [string, string];
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

/**
 * The images of a later split that look like one of an earlier split and have other content, each with the
 * first that it looks like; most alike first. Every pair is compared: the 10⁹ pairs of AffectNet take seconds.
 */
export function nearPairs(images: readonly HashedImage[]): NearPair[] {
  const splits = [...groupBy(images, ({ split }) => split).values()];
  return splits
    .flatMap((some, i) => splits.slice(i + 1).flatMap((others) => between(some, others)))
    .toSorted((a, b) => b.correlation - a.correlation);
}

function between(some: readonly HashedImage[], others: readonly HashedImage[]): NearPair[] {
  const upper = Uint32Array.from(some, ({ perceptual }) => perceptual.bits[0]);
  const lower = Uint32Array.from(some, ({ perceptual }) => perceptual.bits[1]);
  return others.flatMap(({ name, hash, perceptual }) => {
    const [high, low] = perceptual.bits;
    for (let i = 0; i < upper.length; i += 1) {
      if (ones(high ^ upper[i]!) + ones(low ^ lower[i]!) > mostBits) continue;
      const one = some[i]!;
      if (hash === one.hash) continue;
      const alike = correlation(perceptual.thumbnail, one.perceptual.thumbnail);
      if (alike >= leastCorrelation) return [{ names: [one.name, name], correlation: alike }];
    }
    return [];
  });
}
