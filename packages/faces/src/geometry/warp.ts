/** @file Pixels of an image under a similarity transform, in plain JavaScript: the same in Node and in a browser. */
import type { DecodedImage } from "@mvt/core/portable";
import { inverse, scaleOf } from "./similarity.ts";
import type { Similarity } from "./similarity.ts";

/** Samples along each axis of a pixel, at most, so that the time of a crop is bounded. */
const mostSamples = 16;

/**
 * The image as `transform` places it on [size, size, 3] bytes. Pixels are the mean of k x k bilinear samples, where k is how
 * many pixels of the image one of the result covers along an axis; where nothing is shrunk that is one sample, as OpenCV's
 * warpAffine takes it. Outside the image all is black. Grey becomes three equal channels; an alpha channel is ignored.
 */
export function warp(image: DecodedImage, transform: Similarity, size: number): Uint8Array {
  const back = inverse(transform);
  const k = Math.min(mostSamples, Math.max(1, Math.ceil(scaleOf(back) - 1e-6)));
  const out = new Uint8Array(size * size * 3);
  const sum = new Float64Array(3);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      sum.fill(0);
      for (let j = 0; j < k; j += 1) {
        for (let i = 0; i < k; i += 1) {
          const [u, v] = [x + (i + 0.5) / k, y + (j + 0.5) / k];
          const sourceX = back.a * u - back.b * v + back.tx - 0.5;
          const sourceY = back.b * u + back.a * v + back.ty - 0.5;
          addSample(image, sourceX, sourceY, sum);
        }
      }
      const at = (y * size + x) * 3;
      for (let c = 0; c < 3; c += 1) out[at + c] = Math.round(sum[c]! / (k * k));
    }
  }
  return out;
}

/** Adds the bilinear sample between the four pixels around (x, y), where pixel (0, 0) has its centre at (0, 0). */
function addSample(
  { width, height, channels, data }: DecodedImage,
  x: number,
  y: number,
  sum: Float64Array,
): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [rightShare, lowerShare] = [x - left, y - top];
  for (let row = top; row < top + 2; row += 1) {
    if (row < 0 || row >= height) continue;
    const rowShare = row === top ? 1 - lowerShare : lowerShare;
    for (let column = left; column < left + 2; column += 1) {
      if (column < 0 || column >= width) continue;
      const share = rowShare * (column === left ? 1 - rightShare : rightShare);
      const at = (row * width + column) * channels;
      for (let c = 0; c < 3; c += 1) {
        sum[c] = sum[c]! + share * data[channels === 1 ? at : at + c]!;
      }
    }
  }
}

/** A smaller copy, and how many times smaller it is. */
export interface Shrunk {
  readonly image: DecodedImage;
  readonly factor: number;
}

/**
 * The image with its longer side at most `longest` pixels, every pixel the mean of `factor` x `factor` whole ones. What is
 * left over at the right and lower edge, less than one pixel, is cut off, and so is an alpha channel. Takes time in proportion to the pixels.
 */
export function shrink(image: DecodedImage, longest: number): Shrunk {
  const factor = Math.ceil(Math.max(image.width, image.height) / longest);
  if (factor <= 1) return { image, factor: 1 };
  const { data } = image;
  const channels = image.channels === 1 ? 1 : 3;
  const width = Math.max(1, Math.floor(image.width / factor));
  const height = Math.max(1, Math.floor(image.height / factor));
  const [across, down] = [Math.min(factor, image.width), Math.min(factor, image.height)];
  const [step, line] = [image.channels, image.width * image.channels];
  const [second, third] = channels === 1 ? [0, 0] : [1, 2];
  const out = new Uint8Array(width * height * channels);
  const share = 1 / (across * down);
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, to += channels) {
      let [red, green, blue] = [0, 0, 0];
      for (let j = 0; j < down; j += 1) {
        let at = (y * factor + j) * line + x * factor * step;
        for (let i = 0; i < across; i += 1, at += step) {
          red += data[at]!;
          green += data[at + second]!;
          blue += data[at + third]!;
        }
      }
      out[to + third] = Math.round(blue * share);
      out[to + second] = Math.round(green * share);
      out[to] = Math.round(red * share);
    }
  }
  return { image: { width, height, channels, data: out }, factor };
}
