/** @file Whether the pictures of a data set are kept in memory or read from their files for every batch. */
import { totalmem } from "node:os";
import type { Sample } from "../dataset.ts";
import { decodeImages, type DecodeOptions, streamImages } from "./decode.ts";
import type { Images } from "./streamed-images.ts";

export const imageStorages = ["memory", "stream"] as const;
export type ImageStorage = (typeof imageStorages)[number];

/** The share of the memory of the machine, or of its container, that decoded pictures may take. */
const memoryShare = 0.5;

/** "memory" where `count` pictures of S x S pixels take at most half of the memory there is, else "stream". */
export function chooseStorage(
  count: number,
  size: number,
  memory = availableBytes(),
): ImageStorage {
  return count * size * size * 3 <= memoryShare * memory ? "memory" : "stream";
}

/** The machine's memory, or what its container may have of it. */
function availableBytes(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

/** `decodeImages` or `streamImages`. */
export function openImages(
  samples: readonly Sample[],
  storage: ImageStorage,
  options: DecodeOptions,
): Promise<Images> {
  return storage === "memory" ? decodeImages(samples, options) : streamImages(samples, options);
}
