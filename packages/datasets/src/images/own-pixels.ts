/** @file A picture that can be sent to another thread. */
import type { ImageSource } from "../dataset.ts";

/** A view of a whole table would be sent to the worker with the whole table. */
export function ownPixels(image: ImageSource): ImageSource {
  return image.kind === "pixels" ? { ...image, grey: image.grey.slice() } : image;
}
