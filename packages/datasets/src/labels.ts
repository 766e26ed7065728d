/** @file Checks of label files: one label per image, one image per label. */
import { listFirst } from "@mvt/common";
import { DatasetError } from "./error.ts";

/** Refuses a second label for one image. */
export class UniqueIds {
  readonly #lines = new Map<string, string>();

  /** Records that `id` has its label at `where` (path:line). Throws DatasetError if it has one already. */
  add(id: string, where: string): void {
    const first = this.#lines.get(id);
    if (first !== undefined) {
      throw new DatasetError(
        `${where}: expected one label per image, found a second one for ${id} ` +
          `(the first is at ${first}). Use the label file as it is published.`,
      );
    }
    this.#lines.set(id, where);
  }
}

/** Throws DatasetError if labels lack an image file. It names the first five files and counts the others. */
export function requireImages(
  title: string,
  labels: { readonly path: string; readonly count: number },
  missing: readonly string[],
): void {
  if (missing.length === 0) return;
  throw new DatasetError(
    `${title}: expected an image file for each of the ${labels.count} labels in ${labels.path}; ` +
      `${missing.length} missing: ${listFirst(missing, 5)}. ` +
      `Unpack all images of the data set.`,
  );
}
