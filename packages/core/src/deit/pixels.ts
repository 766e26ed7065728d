/** @file From image bytes to normalised patches, inside the graph. */
import { add, cast, mul, sub } from "../ops/elementwise.ts";
import { reshape, reverse, transpose } from "../ops/shape.ts";
import { constant } from "../ops/sources.ts";
import { dims, ShapeError } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

/** Mean and standard deviation per channel (red, green, blue) of pixels in [0, 1]. */
export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Of ImageNet: what DeiT was trained with. */
export const imagenet: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/**
 * Cuts images into patches: [B, S, S, C] to float32 [B, N, C P P], the same values.
 * A patch is laid out as a row of timm's patch embedding: channel, then row, then column.
 */
export function patchify(images: Tensor, P: number): Tensor {
  const [B, S, W, C] = dims(images, "B S S C");
  requirePatches("patchify", S, W, P);
  const g = S / P;
  // Two steps: moving whole rows of a patch, then channels within it, is ten times as fast as both at once.
  // In float32, since GPUs move elements of four bytes.
  const wide = reshape(cast(images, "float32"), [B, g, P, g, P * C]);
  const grid = transpose(wide, [0, 1, 3, 2, 4]); //                                 [B, g, g, P, P C]
  const planes = transpose(reshape(grid, [B * g * g, P * P, C]), [0, 2, 1]); //     [B N, C, P P]
  return reshape(planes, [B, g * g, C * P * P]);
}

/** The same of images whose channels lie one after another: [B, C, S, S] to [B, N, C P P]. */
export function patchifyPlanar(images: Tensor, P: number): Tensor {
  const [B, C, S, W] = dims(images, "B C S S");
  requirePatches("patchifyPlanar", S, W, P);
  const g = S / P;
  const grid = transpose(reshape(images, [B, C, g, P, g, P]), [0, 2, 4, 1, 3, 5]); // [B, g, g, C, P, P]
  return reshape(grid, [B, g * g, C * P * P]);
}

/**
 * Mirrors images left to right: [B, S, S, C], or with `planar` [B, C, S, S], to float32 of the same shape and values.
 *
 * @param P the side of a patch, which divides S: columns are reversed patch by patch, then within them
 */
export function mirror(images: Tensor, P: number, { planar = false } = {}): Tensor {
  const { shape } = images;
  const W = planar ? 3 : 2;
  const halved = [...shape.slice(0, W), shape[W]! / P, P, ...shape.slice(W + 1)];
  const columns = reshape(cast(images, "float32"), halved);
  return reshape(reverse(reverse(columns, W), W + 1), shape);
}

function requirePatches(op: string, height: number, width: number, P: number): void {
  if (height === width && height % P === 0) return;
  throw new ShapeError(
    `${op}: expected square images with a side that is a multiple of ${P}, got ${height} x ${width}`,
  );
}

/** Patches of 0 to 255 as pixels in [0, 1]. */
export function toPixels(patches: Tensor): Tensor {
  return mul(cast(patches, "float32"), 1 / 255);
}

/** (pixels - mean) / std per channel, on patches [B, N, C P P]. */
export function normalizePixels(pixels: Tensor, { mean, std }: Normalization = imagenet): Tensor {
  const inverse = std.map((s) => 1 / s);
  return mul(sub(pixels, perChannel(pixels, mean)), perChannel(pixels, inverse));
}

/** The inverse of `normalizePixels`: patches std + mean. */
export function denormalizePixels(
  patches: Tensor,
  { mean, std }: Normalization = imagenet,
): Tensor {
  return add(mul(patches, perChannel(patches, std)), perChannel(patches, mean));
}

/** [L]: one value per channel, repeated over its P P pixels of a patch. */
function perChannel(patches: Tensor, values: readonly number[]): Tensor {
  const [, , L] = dims(patches, "B N L");
  return constant(
    Float32Array.from({ length: L }, (_, i) => values[Math.floor((i * values.length) / L)]!),
    [L],
  );
}
