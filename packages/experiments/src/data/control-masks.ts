/**
 * @file Pictures under masks that no generator made: what a generated mask has to beat, and the truth,
 * which nothing that learns can beat by much.
 *
 * The masks are put on the pictures themselves, before augmentation: removed patches are black.
 */
import { deit, fadePatches, random } from "@mvt/core";
import { readRows, splitNames } from "@mvt/datasets";
import type { DecodedImages, Images, SplitName } from "@mvt/datasets";
import { cornersMask, ellipseMask, randomMask } from "@mvt/mgn";
import type { ControlMaskName } from "@mvt/mgn";
import { readExpressionPatches } from "../masks/expression-patches.ts";
import { repeatMask, topKMasks } from "../masks/per-image.ts";
import { UsageError } from "../usage-error.ts";
import type { PreparedData, Subset } from "./prepared.ts";

/** All remove exactly round(m N) patches of an image. */
export interface ControlMask {
  /** `controlMasks` says what each removes. */
  readonly mask: ControlMaskName;
  readonly m: number;
}

/** A data set whose pictures, of all splits, are masked. The seed is for random masks. */
export async function maskPictures(
  data: PreparedData,
  { mask, m }: ControlMask,
  { model, seed }: { readonly model: Omit<deit.VitConfig, "classes">; readonly seed: number },
): Promise<PreparedData> {
  const N = deit.patchCount(model);
  const { splits, groundTruth, title, name } = data.dataset;

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
        if (groundTruth === undefined) {
          throw new UsageError(
            `${title}: expected synthetic data, whose true masks are known, found real. Leave --data out.`,
          );
        }
        const { energy } = await readExpressionPatches(splits[split], groundTruth, model);
        return topKMasks(
          energy.map((value) => -value),
          options,
        );
      }
    }
  };

  // Subsets may share their pictures: a validation subset is held out of the training split.
  const masked = new Map<Images, DecodedImages>();
  for (const split of splitNames) {
    const { images } = data[split];
    if (masked.has(images)) continue;
    masked.set(images, await blacken(images, await removed(split, images.count), model));
  }
  const of = (subset: Subset): Subset => ({ ...subset, images: masked.get(subset.images)! });
  return {
    ...data,
    train: of(data.train),
    validation: of(data.validation),
    test: of(data.test),
  };
}

/** A copy of the pictures with the removed patches [count, N] black. */
async function blacken(
  images: Images,
  removed: Float32Array,
  model: Pick<deit.VitConfig, "imageSize" | "patchSize">,
): Promise<DecodedImages> {
  const { size: S, count, ids } = images;
  const pixels = new Uint8Array(new SharedArrayBuffer(count * S * S * 3));
  const pictures = await readRows(
    images,
    Int32Array.from({ length: count }, (_, row) => row),
  );
  const N = deit.patchCount(model);
  for (const [row, picture] of pictures.entries()) {
    const keep = removed.subarray(row * N, (row + 1) * N).map((gone) => 1 - gone);
    pixels.set(fadePatches(picture, keep, model), row * S * S * 3);
  }
  return { size: S, count, ids, pixels };
}
