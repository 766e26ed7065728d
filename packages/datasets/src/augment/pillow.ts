/**
 * @file The operations of RandAugment on 8-bit images, as Pillow computes them, which is what torchvision's transforms
 * call for PIL images. `golden/auto.py` makes the digests of torchvision's own results; the bytes are equal.
 *
 * Shapes: `pixels`, [S, S, 3], is changed in place.
 */
import { toByte } from "./colour.ts";
import { place } from "./geometry.ts";

const { fround } = Math;

// Buffers of the functions below, which overwrite what they read.
const table = new Uint8Array(256);
const products = new Float32Array(511);
let copied = new Uint8Array(0);

/** A copy of the pixels, until the next call. */
function copyOf(pixels: Uint8Array): Uint8Array {
  if (copied.length !== pixels.length) copied = new Uint8Array(pixels.length);
  copied.set(pixels);
  return copied;
}

/** [x', y'] = [a x + b y + c, d x + e y + f]: the place in the source of a place in the result. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** 16 binary digits behind the point, as Pillow rounds. */
const fixed = (x: number) => Math.floor(x * 65_536 + 0.5);

/**
 * An affine transform with nearest neighbours, black where the source ends. As in Pillow, places are computed in fixed
 * point and steps are added up from pixel to pixel.
 */
export function transform(pixels: Uint8Array, size: number, [a, b, c, d, e, f]: Affine): void {
  const source = copyOf(pixels);
  const [right, up, rightDown, down] = [fixed(a), fixed(d), fixed(b), fixed(e)];
  let rowX = fixed(c + a * 0.5 + b * 0.5); // of the centre of the first pixel
  let rowY = fixed(f + d * 0.5 + e * 0.5);
  let out = 0;
  for (let y = 0; y < size; y += 1) {
    let atX = rowX;
    let atY = rowY;
    for (let x = 0; x < size; x += 1) {
      const column = atX >> 16;
      const row = atY >> 16;
      if (column >= 0 && column < size && row >= 0 && row < size) {
        const at = 3 * (row * size + column);
        pixels[out] = source[at]!;
        pixels[out + 1] = source[at + 1]!;
        pixels[out + 2] = source[at + 2]!;
      } else {
        pixels[out] = 0;
        pixels[out + 1] = 0;
        pixels[out + 2] = 0;
      }
      out += 3;
      atX += right;
      atY += up;
    }
    rowX += rightDown;
    rowY += down;
  }
}

/** Every row moves to the left by `shear` times its distance from the top. */
export function shearX(pixels: Uint8Array, size: number, shear: number): void {
  transform(pixels, size, [1, shear, 0, 0, 1, 0]);
}

/** Every column moves up by `shear` times its distance from the left. */
export function shearY(pixels: Uint8Array, size: number, shear: number): void {
  transform(pixels, size, [1, 0, 0, shear, 1, 0]);
}

/** To the right by whole pixels; a fraction is cut off. */
export function translateX(pixels: Uint8Array, size: number, by: number): void {
  move(pixels, size, { right: Math.trunc(by), down: 0 });
}

/** Down by whole pixels; a fraction is cut off. */
export function translateY(pixels: Uint8Array, size: number, by: number): void {
  move(pixels, size, { right: 0, down: Math.trunc(by) });
}

function move(
  pixels: Uint8Array,
  size: number,
  by: { readonly right: number; readonly down: number },
): void {
  place(copyOf(pixels), pixels, size, { flip: false, ...by, padding: "zero" });
}

/** Counter-clockwise around the centre, in degrees. */
export function rotate(pixels: Uint8Array, size: number, degrees: number): void {
  const angle = (-(((degrees % 360) + 360) % 360) * Math.PI) / 180;
  const round = (x: number) => Number(x.toFixed(15));
  const [a, b] = [round(Math.cos(angle)), round(Math.sin(angle))];
  const centre = size / 2;
  const c = a * -centre + b * -centre + centre;
  const f = -b * -centre + a * -centre + centre;
  transform(pixels, size, [a, b, c, -b, a, f]);
}

/** Pillow's grey: ITU-R 601-2 in fixed point. */
const greyOf = (r: number, g: number, b: number) =>
  (r * 19_595 + g * 38_470 + b * 7471 + 0x8000) >> 16;

/** 0 gives black, 1 the same image. */
export function enhanceBrightness(pixels: Uint8Array, factor: number): void {
  blendWithConstant(pixels, 0, factor);
}

/** 0 gives an even grey, 1 the same image. */
export function enhanceContrast(pixels: Uint8Array, factor: number): void {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 3) {
    sum += greyOf(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!);
  }
  blendWithConstant(pixels, Math.trunc(sum / (pixels.length / 3) + 0.5), factor);
}

/** 0 gives a grey image, 1 the same image. */
export function enhanceColour(pixels: Uint8Array, factor: number): void {
  multiply(factor);
  for (let i = 0; i < pixels.length; i += 3) {
    const grey = greyOf(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!);
    pixels[i] = blend(grey, pixels[i]!);
    pixels[i + 1] = blend(grey, pixels[i + 1]!);
    pixels[i + 2] = blend(grey, pixels[i + 2]!);
  }
}

/** 0 gives a smoothed image, 1 the same image, 2 a sharpened one. The outermost pixels stay. */
export function enhanceSharpness(pixels: Uint8Array, size: number, factor: number): void {
  multiply(factor);
  const source = copyOf(pixels);
  const row = 3 * size;
  for (let y = 1; y < size - 1; y += 1) {
    for (let i = y * row + 3; i < (y + 1) * row - 3; i += 1) {
      const [above, below] = [i - row, i + row];
      const own = source[i]!;
      const sum =
        source[above - 3]! +
        source[above]! +
        source[above + 3]! +
        source[i - 3]! +
        5 * own +
        source[i + 3]! +
        source[below - 3]! +
        source[below]! +
        source[below + 3]!;
      pixels[i] = blend(Math.trunc((2 * sum + 13) / 26), own); // sum / 13, rounded
    }
  }
}

/** Keeps the highest `bits` of every byte. */
export function posterize(pixels: Uint8Array, bits: number): void {
  const mask = 0xff & ~(2 ** (8 - bits) - 1);
  mapBytes(pixels, (value) => value & mask);
}

/** Inverts every byte from the threshold on. */
export function solarize(pixels: Uint8Array, threshold: number): void {
  mapBytes(pixels, (value) => (value < threshold ? value : 255 - value));
}

/** Of each channel, the darkest byte becomes 0 and the brightest 255. */
export function autoContrast(pixels: Uint8Array): void {
  mapChannels(pixels, (histogram) => {
    const lowest = histogram.findIndex((count) => count > 0);
    const highest = histogram.findLastIndex((count) => count > 0);
    if (highest <= lowest) return undefined;
    const scale = 255 / (highest - lowest);
    const offset = -lowest * scale;
    return (value) => Math.min(255, Math.max(0, Math.trunc(value * scale + offset)));
  });
}

/** Makes the bytes of each channel about equally frequent. */
export function equalize(pixels: Uint8Array): void {
  mapChannels(pixels, (histogram) => {
    const count = pixels.length / 3;
    const step = Math.trunc((count - histogram[histogram.findLastIndex((n) => n > 0)]!) / 255);
    if (step === 0) return undefined; // also where there is one value only
    let below = Math.trunc(step / 2);
    return (value) => {
      const equalized = Math.min(255, Math.trunc(below / step));
      below += histogram[value]!;
      return equalized;
    };
  });
}

/** α d for the differences d of two bytes, at d + 255, in 32 bits. */
function multiply(alpha: number): void {
  const rounded = fround(alpha);
  for (let d = -255; d <= 255; d += 1) products[d + 255] = rounded * d;
}

/** from + α (to - from) with the α of the last `multiply`; beyond the two where α is above 1. */
const blend = (from: number, to: number) => toByte(fround(from + products[to - from + 255]!));

function blendWithConstant(pixels: Uint8Array, constant: number, alpha: number): void {
  multiply(alpha);
  mapBytes(pixels, (value) => blend(constant, value));
}

/** @param map is called for 0 to 255 in this order */
function mapBytes(pixels: Uint8Array, map: (value: number) => number): void {
  for (let value = 0; value < 256; value += 1) table[value] = map(value);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = table[pixels[i]!]!;
}

/** Each channel by the map that its histogram gives; a channel without one stays. */
function mapChannels(
  pixels: Uint8Array,
  mapOf: (histogram: Uint32Array) => ((value: number) => number) | undefined,
): void {
  for (let channel = 0; channel < 3; channel += 1) {
    const histogram = new Uint32Array(256);
    for (let i = channel; i < pixels.length; i += 3) histogram[pixels[i]!]! += 1;
    const map = mapOf(histogram);
    if (map === undefined) continue;
    for (let value = 0; value < 256; value += 1) table[value] = map(value);
    for (let i = channel; i < pixels.length; i += 3) pixels[i] = table[pixels[i]!]!;
  }
}
