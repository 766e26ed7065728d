/** @file One picture file, or an error that names it. */
import type { DecodedImage } from "@mvt/core";
import { decodePicture } from "@mvt/datasets";
import { UsageError } from "../usage-error.ts";

export async function readPicture(path: string): Promise<DecodedImage> {
  try {
    return await decodePicture(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `${path}: expected a readable picture, found none (${reason.replace(/\.+$/, "")}). Put an intact file in its place, or leave it out.`,
    );
  }
}
