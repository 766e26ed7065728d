/** @file Values of patches as colours over an image, for display. */

/** Ends of the colour scale: dark blue at 0, bright yellow at 1. Brightness alone gives the same order. */
const [dark, bright] = [
  [18, 32, 71],
  [255, 226, 122],
] as const;

/** How much of a pixel is colour; the rest is the image in grey. */
const strength = 0.65;

/** Red, green and blue of a place on the scale, from 0 to 1. */
export function heatColour(position: number): readonly [number, number, number] {
  const mix = (c: 0 | 1 | 2) => Math.round(dark[c] + position * (bright[c] - dark[c]));
  return [mix(0), mix(1), mix(2)];
}

/**
 * The image in grey [S, S, 3], each patch with the colour of its value on a scale from 0 to `most`; values beyond it have
 * the last colour.
 *
 * @param pixels [S, S, 3]
 * @param values [N], at least 0, row by row
 */
export function heatPixels(
  pixels: Uint8Array,
  values: ArrayLike<number>,
  most: number,
  { imageSize: S, patchSize: P }: { readonly imageSize: number; readonly patchSize: number },
): Uint8Array {
  const g = S / P;
  const colours = Array.from(values, (value) =>
    heatColour(most > 0 ? Math.min(1, value / most) : 0),
  );
  return pixels.map((_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const [y, x] = [Math.floor(pixel / S), pixel % S];
    const [red, green, blue] = pixels.subarray(3 * pixel, 3 * pixel + 3);
    const grey = 0.299 * red! + 0.587 * green! + 0.114 * blue!; // ITU-R BT.601
    const colour = colours[Math.floor(y / P) * g + Math.floor(x / P)]![channel]!;
    return Math.round((1 - strength) * grey + strength * colour);
  });
}
