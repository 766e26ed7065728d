/**
 * @file Bilinear resizing with antialiasing, bit for bit as Pillow does it.
 *
 * Most published results resize images with Pillow (torchvision's `Resize` on a PIL image), so this file uses the same
 * arithmetic: a triangle filter, widened by the scale when shrinking, in two passes of integer weights, each pass
 * rounded to 8 bits. Columns come first, except in pictures more than 100 times as tall as wide. Because it computes with integers, the pixels are the same on every machine.
 *
 * libvips does not give the same pixels. Its `linear` kernel, the most similar one, shrinks to within a few grey levels
 * of Pillow, but enlarges with an offset of up to half a pixel: a 100x100 face enlarged to 224x224 differs by 2.2
 * levels on average and by 66 at most (`golden/compare-resize.ts` of @mvt/datasets, Pillow 12.3, libvips 8.18). The
 * result of this file differs by 0.
 */

/** Bits after the point in Pillow's weights: with 8 bits for the pixel and 2 in reserve, they make 32. */
const fraction = 22;
const half = 1 << (fraction - 1);

/** Times as tall as wide from which on Pillow resizes the rows first, to save time. It changes the rounding. */
const rowsFirst = 100;

/** How each output element is summed from input elements along one axis. */
interface FilterWeights {
  /** [out] The first input element. */
  readonly first: Int32Array;
  /** [out] The number of input elements. */
  readonly count: Int32Array;
  /** [out, most] In units of 2^-22: each row sums to 2^22, except for rounding. */
  readonly weights: Int32Array;
  readonly most: number;
}

function filterWeights(from: number, to: number): FilterWeights {
  const scale = from / to;
  const radius = Math.max(scale, 1); // the triangle's half width: wider when shrinking
  const most = Math.ceil(radius) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * most);
  const triangle = new Float64Array(most);
  for (let x = 0; x < to; x += 1) {
    const centre = (x + 0.5) * scale;
    const low = Math.max(Math.trunc(centre - radius + 0.5), 0);
    const high = Math.min(Math.trunc(centre + radius + 0.5), from);
    let sum = 0;
    for (let k = 0; k < high - low; k += 1) {
      triangle[k] = Math.max(0, 1 - Math.abs((low + k - centre + 0.5) / radius));
      sum += triangle[k]!;
    }
    for (let k = 0; k < high - low; k += 1) {
      weights[x * most + k] = Math.trunc((triangle[k]! / sum) * (1 << fraction) + 0.5);
    }
    first[x] = low;
    count[x] = high - low;
  }
  return { first, count, weights, most };
}

/** No weight is negative and they sum to 1, so only the last bit of rounding can exceed 255. */
const toByte = (sum: number) => (sum >> fraction > 255 ? 255 : sum >> fraction);

/** [height, width, channels] -> [height, size, channels] */
function resizeColumns(source: Uint8Array, width: number, size: number, channels: number) {
  const { first, count, weights, most } = filterWeights(width, size);
  const height = source.length / (width * channels);
  const target = new Uint8Array(height * size * channels);
  let out = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const start = (y * width + first[x]!) * channels;
      const terms = count[x]!;
      const w = x * most;
      for (let c = 0; c < channels; c += 1) {
        let sum = half;
        for (let k = 0, i = start + c; k < terms; k += 1, i += channels) {
          sum = (sum + source[i]! * weights[w + k]!) | 0;
        }
        target[out] = toByte(sum);
        out += 1;
      }
    }
  }
  return target;
}

/** [height, stride] -> [size, stride] */
function resizeRows(source: Uint8Array, stride: number, size: number) {
  const { first, count, weights, most } = filterWeights(source.length / stride, size);
  const target = new Uint8Array(size * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < size; y += 1) {
    sums.fill(half);
    for (let k = 0; k < count[y]!; k += 1) {
      const weight = weights[y * most + k]!;
      const start = (first[y]! + k) * stride;
      for (let x = 0; x < stride; x += 1) sums[x] = (sums[x]! + source[start + x]! * weight) | 0;
    }
    const out = y * stride;
    for (let x = 0; x < stride; x += 1) target[out + x] = toByte(sums[x]!);
  }
  return target;
}

/** Resizes an image [height, width, channels] to [size, size, channels]; the height follows from the length. */
export function resizeBilinear(
  source: Uint8Array,
  width: number,
  channels: number,
  size: number,
): Uint8Array {
  const height = source.length / (width * channels);
  const columns = (pixels: Uint8Array) =>
    width === size ? pixels : resizeColumns(pixels, width, size, channels);
  const rows = (pixels: Uint8Array, stride: number) =>
    height === size ? pixels : resizeRows(pixels, stride, size);
  if (height > rowsFirst * width) return columns(rows(source, width * channels));
  return rows(columns(source), size * channels);
}
