/** @file Pictures of two splits that look the same without being the same file. */
import type { SplitName } from "../dataset.ts";
import { correlation, type Look, ones } from "./look.ts";

/** A picture that could be decoded. */
export interface SeenPicture {
  readonly name: string;
  readonly split: SplitName;
  /** Of the file's content. */
  readonly hash: string;
  readonly look: Look;
}

export interface NearPair {
  readonly names: readonly [string, string];
  /** Of the thumbnails. */
  readonly correlation: number;
}

/**
 * Pictures look the same if at most 8 of their 64 bits differ and their thumbnails correlate by 0.97 or more.
 * Of 150 synthetic faces of 100 x 100 all stayed so when encoded anew (JPEG, quality 40), halved, enlarged to
 * 224 x 224 or made brighter by a fifth, and most made grey; of 499,500 pairs of different faces the nearest correlated by
 * 0.88. A border of two pixels cut off is not seen any more.
 */
const mostBits = 8;
const leastCorrelation = 0.97;

/**
 * The pictures of a later split that look like one of an earlier split and whose content is another, each
 * with the first that it looks like; most alike first. Every pair is compared: 10⁹ of them, AffectNet's, take
 * seconds.
 */
export function nearPairs(pictures: readonly SeenPicture[]): NearPair[] {
  const splits = [...Map.groupBy(pictures, ({ split }) => split).values()];
  return splits
    .flatMap((some, i) => splits.slice(i + 1).flatMap((others) => between(some, others)))
    .toSorted((a, b) => b.correlation - a.correlation);
}

function between(some: readonly SeenPicture[], others: readonly SeenPicture[]): NearPair[] {
  const upper = Uint32Array.from(some, ({ look }) => look.bits[0]);
  const lower = Uint32Array.from(some, ({ look }) => look.bits[1]);
  return others.flatMap(({ name, hash, look }) => {
    const [high, low] = look.bits;
    for (let i = 0; i < upper.length; i += 1) {
      if (ones(high ^ upper[i]!) + ones(low ^ lower[i]!) > mostBits) continue;
      const one = some[i]!;
      if (hash === one.hash) continue;
      const alike = correlation(look.thumbnail, one.look.thumbnail);
      if (alike >= leastCorrelation) return [{ names: [one.name, name], correlation: alike }];
    }
    return [];
  });
}
