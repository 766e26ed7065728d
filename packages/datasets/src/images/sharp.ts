/** @file The decoder, loaded when the first image is decoded or written: a command whose runs are all finished needs none. */

/** sharp, with libvips. */
export const loadSharp = async () => (await import("sharp")).default;

/** Part of the keys of caches, because another version may decode to other pixels. */
export async function decoderVersion(): Promise<string> {
  const { versions } = await loadSharp();
  return `sharp ${versions.sharp}, libvips ${versions.vips}`;
}
