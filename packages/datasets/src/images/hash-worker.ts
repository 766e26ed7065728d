/** @file Hashes a few images. One task of a worker thread. */
import { mapConcurrently } from "../concurrently.ts";
import type { ImageSource } from "../dataset.ts";
import { hashImage, hashLength } from "./hashes.ts";
import { readImageFile } from "./read-image.ts";

const filesAtOnce = 16;

/** [N * 32] the SHA-256 of each of N images; zeros for one that cannot be read. */
export default async function hashTask(images: readonly ImageSource[]): Promise<Uint8Array> {
  const hashes = new Uint8Array(hashLength * images.length);
  await mapConcurrently([...images.entries()], filesAtOnce, async ([row, image]) => {
    try {
      const bytes = image.kind === "file" ? await readImageFile(image.path) : image.grey;
      hashes.set(hashImage(image, bytes), row * hashLength);
    } catch {
      // Who decodes it finds out why.
    }
  });
  return hashes;
}
