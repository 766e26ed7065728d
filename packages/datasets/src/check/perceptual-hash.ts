/**
 * @file A perceptual hash of an image: so few numbers that all pairs can be compared, and numbers that change
 * little when the image is encoded again, resized or made brighter.
 *
 * The first 64 bits are the "dHash" of Krawetz ("Kind of like that", 2013): the image is averaged down to
 * 9 x 8 grey cells, and each bit says whether a cell is brighter than its left neighbour. Aligned faces often
 * share these bits, so a thumbnail is compared as well. It is computed from pixels that the check has decoded
 * already; packages for such hashes would open and decode every file a second time.
 */

export interface PerceptualHash {
  /** 64 bits as two unsigned numbers of 32: rows 0 to 3, rows 4 to 7. */
  readonly bits: readonly [upper: number, lower: number];
  /** [16, 16] grey. */
  readonly thumbnail: Uint8Array;
}

interface PixelShape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

const columns = 9;
const rows = 8;
const thumbnailSide = 16;

/** Bytes of a thumbnail. */
export const thumbnailLength = thumbnailSide ** 2;

/** Thousandths of red, green and blue in grey (ITU-R BT.601); whole, so that sums are exact. */
const luma = [299, 587, 114];

/** The hash of an image of [height, width, channels] bytes. Of more than two channels the first three count. */
export function perceptualHash(pixels: Uint8Array, shape: PixelShape): PerceptualHash {
  const grey = greyOf(pixels, shape);
  const cells = average(grey, shape, columns, rows);
  const bits: [number, number] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    const half = row < rows / 2 ? 0 : 1;
    for (let column = 1; column < columns; column += 1) {
      const at = row * columns + column;
      bits[half] = ((bits[half] << 1) | Number(cells[at]! > cells[at - 1]!)) >>> 0;
    }
  }
  const thumbnail = average(grey, shape, thumbnailSide, thumbnailSide);
  return { bits, thumbnail: Uint8Array.from(thumbnail, Math.round) };
}

/** [height, width] in thousandths. */
function greyOf(pixels: Uint8Array, { width, height, channels }: PixelShape): Uint32Array {
  const grey = new Uint32Array(width * height);
  const [red = 0, green = 0, blue = 0] = luma;
  for (let i = 0, at = 0; i < grey.length; i += 1, at += channels) {
    grey[i] =
      channels > 2
        ? red * pixels[at]! + green * pixels[at + 1]! + blue * pixels[at + 2]!
        : 1000 * pixels[at]!;
  }
  return grey;
}

/** [down, across] mean grey of each cell of a grid; a cell has at least one pixel. */
function average(
  grey: Uint32Array,
  { width, height }: PixelShape,
  across: number,
  down: number,
): Float64Array {
  const cells = new Float64Array(down * across);
  for (let row = 0; row < down; row += 1) {
    const top = Math.floor((row * height) / down);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / down));
    for (let column = 0; column < across; column += 1) {
      const left = Math.floor((column * width) / across);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / across));
      let sum = 0;
      for (let y = top; y < bottom; y += 1) {
        for (let x = left; x < right; x += 1) sum += grey[y * width + x]!;
      }
      cells[row * across + column] = sum / (1000 * (bottom - top) * (right - left));
    }
  }
  return cells;
}

/** How many bits are set in a number of 32 (Warren, "Hacker's Delight", section 5-1). */
export function ones(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Pearson's correlation of two thumbnails: 1 also if one is evenly brighter; 0 if one has no contrast. */
export function correlation(a: Uint8Array, b: Uint8Array): number {
  const n = a.length;
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    const [x, y] = [a[i]!, b[i]!];
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const spread = (n * sumAA - sumA ** 2) * (n * sumBB - sumB ** 2);
  return spread === 0 ? 0 : (n * sumAB - sumA * sumB) / Math.sqrt(spread);
}
