/** @file Holding a label file to one label per image: ids are unique in a data set. */
import { DatasetError } from "./error.ts";

/** Refuses a second label for one image. */
export class UniqueIds {
  readonly #lines = new Map<string, string>();

  /** Notes that `id` stands at `where` (path:line). */
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
