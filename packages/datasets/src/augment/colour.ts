/**
 * @file Brightness, contrast and saturation of 8-bit images, as torchvision computes them.
 *
 * Each is a blend f I + (1 - f) J of the image I with another image J: black, the mean grey, or I in grey. As in
 * torchvision's `transforms` (0.2 and later, on uint8 tensors) f, 1 - f and every sum and product are rounded to
 * 32 bits. The result is clamped to [0, 255] and truncated to a whole number. `golden/augment.py` holds the same
 * definitions in PyTorch; the results are equal.
 *
 * Shapes: P pixels of three channels. `pixels`, [P, 3], is changed in place.
 */

const { fround } = Math;

// ITU-R 601-2, as torchvision rounds it: L = 0.2989 R + 0.587 G + 0.114 B. A table is faster than rounding.
const redShare = timesByte(0.2989);
const greenShare = timesByte(0.587);
const blueShare = timesByte(0.114);

// Buffers of the functions below, which overwrite all of them before they read them.
const own = new Float32Array(256);
const others = new Float32Array(256);
const blended = new Uint8Array(256);

/** [256] the products of a factor with every byte. */
function timesByte(factor: number, table = new Float32Array(256)): Float32Array {
  const rounded = fround(factor);
  for (let value = 0; value < 256; value += 1) table[value] = rounded * value;
  return table;
}

/** A blend as a byte: clamped, and its fraction cut off. */
export const toByte = (x: number) => (x <= 0 ? 0 : x >= 255 ? 255 : Math.trunc(x));

/** The grey of one pixel, a whole number. */
const greyOf = (r: number, g: number, b: number) =>
  fround(fround(redShare[r]! + greenShare[g]!) + blueShare[b]!) | 0;

/** f I: blended with black. 0 gives black, 1 the same image, 2 twice the brightness. */
export function adjustBrightness(pixels: Uint8Array, factor: number): void {
  blendWithConstant(pixels, factor, 0);
}

/** f I + (1 - f) mean(grey(I)): 0 gives an even grey, 1 the same image. */
export function adjustContrast(pixels: Uint8Array, factor: number): void {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    sum += greyOf(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!);
  }
  blendWithConstant(pixels, factor, fround(sum / (pixels.length / 3)));
}

/** f I + (1 - f) grey(I): 0 gives a grey image, 1 the same image. */
export function adjustSaturation(pixels: Uint8Array, factor: number): void {
  timesByte(factor, own);
  timesByte(1 - factor, others);
  for (let i = 0; i < pixels.length; i += 3) {
    const r = pixels[i]!;
    const g = pixels[i + 1]!;
    const b = pixels[i + 2]!;
    const grey = others[greyOf(r, g, b)]!;
    pixels[i] = toByte(fround(own[r]! + grey));
    pixels[i + 1] = toByte(fround(own[g]! + grey));
    pixels[i + 2] = toByte(fround(own[b]! + grey));
  }
}

/** A byte's result does not depend on other bytes, so it is computed once for each of the 256 values. */
function blendWithConstant(pixels: Uint8Array, factor: number, constant: number): void {
  const other = fround(fround(1 - factor) * constant);
  timesByte(factor, own);
  for (let value = 0; value < 256; value += 1) blended[value] = toByte(fround(own[value]! + other));
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = blended[pixels[i]!]!;
}
