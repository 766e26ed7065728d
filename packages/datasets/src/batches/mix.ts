/**
 * @file mixup and CutMix: the images of a batch mixed with each other, on 8-bit pixels.
 *
 * Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018, arXiv:1710.09412.
 * Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", ICCV 2019,
 * arXiv:1905.04899.
 *
 * As timm.data.mixup.FastCollateMixup with mode "batch": one mix for the whole batch, image i with image n - 1 - i of
 * its n samples. Images that pad a batch take no part.
 */
import type { random } from "@mvt/core";
import type { Rectangle } from "../augment/geometry.ts";

/** At least one of the two alphas is given. */
export interface MixOptions {
  /** α of mixup: λ ~ Beta(α, α). No mixup if absent. */
  readonly alpha?: number;
  /** α of CutMix. No CutMix if absent. */
  readonly cutmixAlpha?: number;
  /** The probability that a batch is mixed at all. Default 1. */
  readonly probability?: number;
  /** The probability of CutMix where both are on. Default 0.5. */
  readonly switchProbability?: number;
}

/** How the images of one batch are mixed. */
export interface Mix {
  /** λ, the share of an image's own pixels, and so of its label. */
  readonly share: number;
  /** Of CutMix: the pixels that are another image's. Absent for mixup. */
  readonly box?: Rectangle;
}

/** Draws how a batch of images of S x S pixels is mixed; undefined if it is not. */
export function drawMix(
  { alpha, cutmixAlpha, probability = 1, switchProbability = 0.5 }: MixOptions,
  size: number,
  stream: random.Stream,
): Mix | undefined {
  if (!stream.bernoulli(probability)) return undefined;
  const cuts =
    alpha === undefined || (cutmixAlpha !== undefined && stream.bernoulli(switchProbability));
  const parameter = cuts ? cutmixAlpha : alpha;
  if (parameter === undefined) return undefined;
  const lambda = stream.beta(parameter, parameter);
  if (!cuts) return { share: lambda };
  return cutMix(lambda, { row: stream.integer(size), column: stream.integer(size) }, size);
}

/**
 * The box of CutMix for λ around a pixel: the share 1 - λ of an image, cut off at its borders. λ is then corrected to
 * the box's area.
 */
export function cutMix(
  lambda: number,
  { row, column }: { readonly row: number; readonly column: number },
  size: number,
): Mix {
  const side = Math.trunc(size * Math.sqrt(1 - lambda));
  const [before, behind] = [Math.floor(side / 2), Math.floor((side + 1) / 2)];
  const along = (centre: number) => {
    const start = Math.max(0, centre - before);
    return [start, Math.min(size, centre + behind) - start] as const;
  };
  const [[top, height], [left, width]] = [along(row), along(column)];
  return { share: 1 - (height * width) / size ** 2, box: { top, left, height, width } };
}

/** The sample whose image and label are mixed into those of sample i of n. */
export function partnerOf(i: number, n: number): number {
  return n - 1 - i;
}

/**
 * The row of a mixed batch that shows most of sample i of n: its own, or that of its partner if λ is below a half. Every
 * row is the one of just one sample.
 */
export function rowShowing(i: number, n: number, { share }: Mix): number {
  return share < 0.5 ? partnerOf(i, n) : i;
}

/**
 * The mixed images, in new memory.
 *
 * @param images [B, S, S, 3], of which the first n are samples; the others stay as they are
 */
export function mixImages(
  images: Uint8Array,
  { size: S, count: n }: { readonly size: number; readonly count: number },
  { share, box }: Mix,
): Uint8Array<ArrayBuffer> {
  const mixed = Uint8Array.from(images);
  const length = S * S * 3;
  const pixelsOf = (of: Uint8Array, i: number) => of.subarray(i * length, (i + 1) * length);
  const blend = blending(share);
  for (let i = 0; i < n; i += 1) {
    const [own, other] = [pixelsOf(mixed, i), pixelsOf(images, partnerOf(i, n))];
    if (box === undefined) {
      for (let at = 0; at < length; at += 1) own[at] = blend(own[at]!, other[at]!);
      continue;
    }
    for (let row = box.top; row < box.top + box.height; row += 1) {
      const start = (row * S + box.left) * 3;
      own.set(other.subarray(start, start + box.width * 3), start);
    }
  }
  return mixed;
}

/** λ x + (1 - λ) y of two bytes in 32-bit floats, halves rounded to even, as NumPy's rint has it. */
function blending(share: number): (x: number, y: number) => number {
  const products = (factor: number) =>
    Float32Array.from({ length: 256 }, (_, byte) => byte * Math.fround(factor));
  const [own, other] = [products(share), products(1 - share)];
  return (x, y) => {
    const value = Math.fround(own[x]! + other[y]!);
    const nearest = Math.round(value); // halves up
    return nearest - value === 0.5 && nearest % 2 === 1 ? nearest - 1 : nearest;
  };
}
