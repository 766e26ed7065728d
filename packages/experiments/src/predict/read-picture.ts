/** @file One picture file, or an error that names it. */
import { UserError } from "@mvt/common";
import type { Picture } from "@mvt/core";
import { decodePicture } from "@mvt/datasets";

export async function readPicture(path: string): Promise<Picture> {
  try {
    return await decodePicture(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${path}: expected a readable picture, found none (${reason.replace(/\.+$/, "")}). Put an intact file in its place, or leave it out.`,
    );
  }
}
