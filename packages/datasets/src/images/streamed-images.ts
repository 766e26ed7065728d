/**
 * @file The pictures of a split, left in their files and decoded when a batch needs them.
 *
 * AffectNet's 287,651 faces are 43 GB at 224 x 224, ten times their files, so they are not unpacked to disk
 * either: decoding a 224 x 224 JPEG takes one or two milliseconds of a core, not much more than augmenting it;
 * a full disk ends a training; and where the disk is slow, reading 150 kB from a random place is no gain over
 * reading and decoding 15 kB. What is kept of a set is a path per
 * picture; what is in memory beyond it are the batches that are prepared ahead.
 */
import type { ImageSource } from "../dataset.ts";
import type { DecodedImages } from "./decoded-images.ts";

/** Shapes: N pictures, to be made S x S pixels. Plain data, so that worker threads can have it. */
export interface StreamedImages {
  /** S, in pixels. */
  readonly size: number;
  /** N. */
  readonly count: number;
  /** [N] the samples' ids, in the order of the rows. */
  readonly ids: readonly string[];
  /** [N] */
  readonly sources: readonly ImageSource[];
}

/** The pictures of a split, wherever they are: batches of them are the same, byte for byte. */
export type Images = DecodedImages | StreamedImages;
