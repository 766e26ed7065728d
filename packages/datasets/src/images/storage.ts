/** @file Chooses whether images are kept in memory or read from their files for every batch. */
import type { Sample } from "../dataset.ts";
import { availableBytes } from "../memory.ts";
import { decodeImages, type DecodeOptions, streamImages } from "./decode.ts";
import type { Images } from "./images.ts";

/** Decoded once into memory, or read from their files for every batch. The results are the same. */
export const imageStorages = ["memory", "stream"] as const;
export type ImageStorage = (typeof imageStorages)[number];

/** The share of the memory of the machine, or of its container, that decoded images may take. */
const memoryShare = 0.5;

/** "memory" if `count` images of S x S pixels take at most half of the memory, else "stream". */
export function chooseStorage(
  count: number,
  size: number,
  memory = availableBytes(),
): ImageStorage {
  return count * size * size * 3 <= memoryShare * memory ? "memory" : "stream";
}

/** Calls `decodeImages` or `streamImages`. */
export function openImages(
  samples: readonly Sample[],
  storage: ImageStorage,
  options: DecodeOptions,
): Promise<Images> {
  return storage === "memory" ? decodeImages(samples, options) : streamImages(samples, options);
}
