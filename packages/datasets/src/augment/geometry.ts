/**
 * @file Flips, shifts and erases pixels.
 *
 * Shapes: S x S pixels of three channels, [S, S, 3], row by row from the top left.
 */
import type { ShiftPadding } from "./augmentation.ts";

/** A flip, then a shift to the right and down by whole pixels. The pixels that come into view are the padding. */
export interface Placement {
  readonly flip: boolean;
  readonly right: number;
  readonly down: number;
  readonly padding: ShiftPadding;
}

/** Writes the flipped and shifted `source` into `target`, which must not overlap it. */
export function place(
  source: Uint8Array,
  target: Uint8Array,
  size: number,
  { flip, right, down, padding }: Placement,
): void {
  const last = size - 1;
  let out = 0;
  for (let y = 0; y < size; y += 1) {
    const rowInside = y - down >= 0 && y - down <= last;
    const row = Math.min(Math.max(y - down, 0), last) * size;
    for (let x = 0; x < size; x += 1) {
      const inside = rowInside && x - right >= 0 && x - right <= last;
      if (inside || padding === "edge") {
        const column = Math.min(Math.max(x - right, 0), last);
        const at = 3 * (row + (flip ? last - column : column));
        target[out] = source[at]!;
        target[out + 1] = source[at + 1]!;
        target[out + 2] = source[at + 2]!;
      } else {
        target[out] = 0;
        target[out + 1] = 0;
        target[out + 2] = 0;
      }
      out += 3;
    }
  }
}

export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Fills the rectangle, which must lie inside the image, in place. */
export function erase(
  pixels: Uint8Array,
  size: number,
  { top, left, height, width }: Rectangle,
  [red, green, blue]: readonly [number, number, number],
): void {
  for (let y = top; y < top + height; y += 1) {
    const end = 3 * (y * size + left + width);
    for (let i = 3 * (y * size + left); i < end; i += 3) {
      pixels[i] = red;
      pixels[i + 1] = green;
      pixels[i + 2] = blue;
    }
  }
}
