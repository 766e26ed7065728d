/** @file The data of two examples: small images of stripes under noise, which run across (0) or upright (1). */
import { random } from "@mvt/core";

/** S, in pixels. */
export const imageSize = 16;

export interface Stripes {
  /** [n, S, S, 3] */
  readonly images: Uint8Array;
  /** [n] What a program learns from. */
  readonly labels: Int32Array;
  /** [n] */
  readonly truth: Int32Array;
}

/** n images, always the same under one name; `wrong` is the share of labels that are swapped. */
export function drawStripes(name: string, n: number, wrong = 0): Stripes {
  const stream = random.stream(0, name);
  const truth = Int32Array.from({ length: n }, () => stream.integer(2));
  const labels = truth.map((label) => (stream.bernoulli(wrong) ? 1 - label : label));
  const images = Uint8Array.from({ length: n * imageSize ** 2 * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [x, y] = [pixel % imageSize, Math.floor(pixel / imageSize) % imageSize];
    const along = truth[Math.floor(pixel / imageSize ** 2)] === 1 ? x : y;
    return stream.integer(192) + 48 * ((along >> 1) % 2);
  });
  return { images, labels, truth };
}
