/**
 * @file CMYK as Pillow's `convert("RGB")` shows it: the inks subtract light, without a colour profile. Programs that
 * use one show duller colours.
 */

/**
 * [pixels, channels] -> [pixels, 3]: red is what cyan and black leave, and so on. The fifth of 5 channels is opacity: the
 * picture is laid over black.
 */
export function fromCmyk(inks: Uint8Array, channels: number): Uint8Array {
  const colours = new Uint8Array((inks.length / channels) * 3);
  for (let i = 0, out = 0; i < inks.length; i += channels, out += 3) {
    const light = 255 - inks[i + 3]!;
    const opacity = channels === 5 ? inks[i + 4]! : 255;
    for (let c = 0; c < 3; c += 1) {
      const left = Math.max(0, light - share(inks[i + c]!, light));
      colours[out + c] = Math.trunc((left * opacity) / 255); // as libvips lays over black
    }
  }
  return colours;
}

/** a b / 255, rounded, in integers. */
function share(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}
