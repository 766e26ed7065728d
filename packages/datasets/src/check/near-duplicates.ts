/** @file Finds images of two splits that look the same and are different files. */
import { availableParallelism } from "node:os";
import { groupBy, moduleBeside } from "@mvt/common";
import type { SplitName } from "../dataset.ts";
import { inThreads } from "../in-threads.ts";
import nearRows, { type Prints } from "./near-worker.ts";
import { type PerceptualHash, thumbnailLength } from "./perceptual-hash.ts";

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

/** Pairs of a task of a thread: some hundredths of a second. With fewer in all, no thread is started. */
const pairsPerTask = 2 ** 24;

/**
 * The images of a later split that look like one of an earlier split and have other content, each with the
 * first that it looks like; most alike first. Every pair is compared: the 10⁹ pairs of AffectNet take seconds.
 * The result does not depend on `threads`.
 */
export async function nearPairs(
  images: readonly HashedImage[],
  threads = availableParallelism(),
): Promise<NearPair[]> {
  const contents = new Map<string, number>();
  for (const { hash } of images) contents.set(hash, contents.get(hash) ?? contents.size);
  const splits = [...groupBy(images, ({ split }) => split).values()].map((members) => ({
    members,
    prints: printsOf(members, contents),
  }));
  const tasks = splits.flatMap((some, i) =>
    splits.slice(i + 1).flatMap((others) => {
      const length = Math.ceil(pairsPerTask / some.members.length);
      return Array.from({ length: Math.ceil(others.members.length / length) }, (_, part) => ({
        some,
        others,
        first: part * length,
        end: Math.min((part + 1) * length, others.members.length),
      }));
    }),
  );
  const module = moduleBeside(import.meta.url, "near-worker");
  const found = await inThreads(
    { module, run: nearRows },
    {
      count: tasks.length,
      make: (i) => ({ ...tasks[i]!, some: tasks[i]!.some.prints, others: tasks[i]!.others.prints }),
      threads: tasks.length > 1 ? threads : 0,
    },
  );
  return found
    .flatMap((rows, i) => {
      const { some, others } = tasks[i]!;
      return rows.map(({ one, other, correlation }): NearPair => {
        return { names: [some.members[one]!.name, others.members[other]!.name], correlation };
      });
    })
    .toSorted((a, b) => b.correlation - a.correlation);
}

function printsOf(images: readonly HashedImage[], contents: ReadonlyMap<string, number>): Prints {
  const n = images.length;
  const prints = {
    bits: new Uint32Array(new SharedArrayBuffer(8 * n)),
    thumbnails: new Uint8Array(new SharedArrayBuffer(thumbnailLength * n)),
    contents: new Uint32Array(new SharedArrayBuffer(4 * n)),
  };
  for (const [row, { hash, perceptual }] of images.entries()) {
    prints.bits.set(perceptual.bits, 2 * row);
    prints.thumbnails.set(perceptual.thumbnail, thumbnailLength * row);
    prints.contents[row] = contents.get(hash)!;
  }
  return prints;
}
