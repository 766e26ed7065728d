/** @file One picture under a mask, as it is shown: patches faded towards black or another colour. */

/**
 * Bytes [S, S, 3] with every patch faded to its share `keep` [N]: 1 leaves it, 0 makes it `fill`, a colour of
 * 0 to 255 per channel.
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
