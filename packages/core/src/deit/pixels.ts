/** @file From image bytes to normalised patches, inside the graph. */
import { cast, mul, sub } from "../ops/elementwise.ts";
import { reshape, transpose } from "../ops/shape.ts";
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
 * Cuts images into patches, still bytes: [B, S, S, C] to [B, N, C P P].
 * A patch is laid out as a row of timm's patch embedding: channel, then row, then column.
 */
export function patchify(images: Tensor, P: number): Tensor {
  const [B, S, W, C] = dims(images, "B S S C");
  if (S !== W || S % P !== 0) {
    throw new ShapeError(
      `patchify: expected square images with a side that is a multiple of ${P}, got ${S} x ${W}`,
    );
  }
  const g = S / P;
  const grid = transpose(reshape(images, [B, g, P, g, P, C]), [0, 1, 3, 5, 2, 4]); // [B, g, g, C, P, P]
  return reshape(grid, [B, g * g, C * P * P]);
}

/** Patches of bytes as pixels in [0, 1]. */
export function toPixels(patches: Tensor): Tensor {
  return mul(cast(patches, "float32"), 1 / 255);
}

/** (pixels - mean) / std per channel, on patches [B, N, C P P]. */
export function normalizePixels(pixels: Tensor, { mean, std }: Normalization = imagenet): Tensor {
  const [, , L] = dims(pixels, "B N L");
  const perChannel = (values: readonly number[]) =>
    constant(
      Float32Array.from({ length: L }, (_, i) => values[Math.floor((i * values.length) / L)]!),
      [L],
    );
  return mul(sub(pixels, perChannel(mean)), perChannel(std.map((s) => 1 / s)));
}
