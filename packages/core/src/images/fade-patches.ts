/** @file An image under a mask, for display: patches faded towards black or another colour. */

/**
 * Fades the patches of an image.
 *
 * @param pixels [S, S, 3]
 * @param keep [N], for each patch: 1 leaves it as it is, 0 turns it into `fill`
 * @param fill a colour, 0 to 255 per channel
 */
export function fadePatches(
  pixels: Uint8Array,
  keep: ArrayLike<number>,
  { imageSize: S, patchSize: P }: { readonly imageSize: number; readonly patchSize: number },
  fill: readonly number[] = [0, 0, 0],
): Uint8Array {
  const g = S / P;
  return pixels.map((value, i) => {
    const [y, x] = [Math.floor(i / (S * 3)), Math.floor(i / 3) % S];
    const patch = Math.floor(y / P) * g + Math.floor(x / P);
    const colour = fill[i % 3]!;
    return Math.round(colour + keep[patch]! * (value - colour));
  });
}
