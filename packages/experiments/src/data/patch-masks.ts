/** @file Masks of many images, [n, N], made of one mask or of each image's scores. */
import { maskedPatchCount, topKMask } from "@mvt/mgn";

/** The same mask [N] for every image. */
export function repeatMask(mask: Float32Array, images: number): Float32Array {
  return Float32Array.from({ length: mask.length * images }, (_, i) => mask[i % mask.length]!);
}

/** 1 for the round(m N) patches of each image with the highest of `scores` [n, N]. */
export function topKMasks(
  scores: Float32Array,
  { patches: N, m }: { readonly patches: number; readonly m: number },
): Float32Array {
  const masks = new Float32Array(scores.length);
  for (let at = 0; at < scores.length; at += N) {
    masks.set(topKMask(scores.subarray(at, at + N), maskedPatchCount(m, N)), at);
  }
  return masks;
}
