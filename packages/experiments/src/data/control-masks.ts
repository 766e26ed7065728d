/**
 * @file Control masks: masks that no generator made, to compare with MGN's. One of them removes the patches that truly
 * carry the least of the expression.
 *
 * They are applied to the images themselves, before augmentation: removed patches are black.
 */
import { UserError } from "@mvt/common";
import { deit, fadePatches, random } from "@mvt/core";
import { readRows, splitNames } from "@mvt/datasets";
import type { DecodedImages, Images, SplitName } from "@mvt/datasets";
import { cornersMask, ellipseMask, maskedPatchCount, randomMask, topKMask } from "@mvt/mgn";
import type { ControlMask } from "../settings/run-config.ts";
import { readExpressionPatches } from "./expression-patches.ts";
import { once } from "./prepared.ts";
import type { PreparedData, Subset } from "./prepared.ts";

/**
 * A data set whose images, of all splits, will be masked when they are opened. The seed is for random masks. Throws a
 * UserError for true masks of real data, which nobody knows.
 */
export function maskImages(
  data: PreparedData,
  { mask, m }: ControlMask,
  { model, seed }: { readonly model: Omit<deit.VitConfig, "classes">; readonly seed: number },
): PreparedData {
  const N = deit.patchCount(model);
  const { splits, groundTruth, title, name } = data.dataset;
  if (mask === "truth" && groundTruth === undefined) {
    throw new UserError(
      `${title}: expected synthetic data, whose true masks are known, found real. Leave --data out.`,
    );
  }

  /** [count, N] 1 where a patch is removed. */
  const removed = async (split: SplitName, count: number): Promise<Float32Array> => {
    const options = { patches: N, m };
    switch (mask) {
      case "random": {
        const stream = random.stream(seed, `control mask/${name}/${split}`);
        return randomMask(stream, { images: count, ...options });
      }
      case "ellipse":
        return repeatMask(ellipseMask(options), count);
      case "corners":
        return repeatMask(cornersMask(options), count);
      case "truth": {
        const { energy } = await readExpressionPatches(splits[split], groundTruth!, model);
        return topKMasks(
          energy.map((value) => -value),
          options,
        );
      }
    }
  };

  const open = async () => {
    const opened = await data.open();
    // Subsets may share their images: a validation subset is held out of the training split.
    const masked = new Map<Images, DecodedImages>();
    for (const split of splitNames) {
      const { images } = opened[split];
      if (masked.has(images)) continue;
      masked.set(images, await blacken(images, await removed(split, images.count), model));
    }
    const of = (subset: Subset): Subset => ({ ...subset, images: masked.get(subset.images)! });
    return {
      ...opened,
      train: of(opened.train),
      validation: of(opened.validation),
      test: of(opened.test),
    };
  };
  return { ...data, open: once(open) };
}

/** A copy of the images with the removed patches [count, N] black. */
async function blacken(
  images: Images,
  removed: Float32Array,
  model: Pick<deit.VitConfig, "imageSize" | "patchSize">,
): Promise<DecodedImages> {
  const { size: S, count, ids } = images;
  const pixels = new Uint8Array(new SharedArrayBuffer(count * S * S * 3));
  const pixelsOfImages = await readRows(
    images,
    Int32Array.from({ length: count }, (_, row) => row),
  );
  const N = deit.patchCount(model);
  for (const [row, image] of pixelsOfImages.entries()) {
    const keep = removed.subarray(row * N, (row + 1) * N).map((gone) => 1 - gone);
    pixels.set(fadePatches(image, keep, model), row * S * S * 3);
  }
  return { size: S, count, ids, pixels };
}

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
