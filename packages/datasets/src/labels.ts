/** @file Checks of label files: one label per image, one image per label. */
import { listFirst } from "@mvt/common";
import { DatasetError } from "./error.ts";
import type { FileHashes } from "./images/file-hashes.ts";
import type { Findings } from "./left-out.ts";

/** What to do with a label file that is wrong: of a data set that others publish, and of the user's own. */
export const labelAdvice = {
  published: "Use the label file as it is published.",
  own: "Correct the label file.",
} as const;

/** Refuses a second label for one image. */
export class UniqueIds {
  readonly #lines = new Map<string, string>();
  readonly #advice: string;

  /** @param advice what to do about a second label, as a sentence */
  constructor(advice: string = labelAdvice.published) {
    this.#advice = advice;
  }

  /** Records that `id` has its label at `where` (path:line). Throws DatasetError if it has one already. */
  add(id: string, where: string): void {
    const first = this.#lines.get(id);
    if (first !== undefined) {
      throw new DatasetError(
        `${where}: expected one label per image, found a second one for ${id} ` +
          `(the first is at ${first}). ${this.#advice}`,
      );
    }
    this.#lines.set(id, where);
  }
}

/** What a loader is told, and where it puts what it finds beside samples. */
export interface Loading {
  /** How errors name the data set. */
  readonly title: string;
  /** Labels without their image: an error, or samples whose image is missing, which the check counts. */
  readonly missing: "refuse" | "keep";
  readonly findings: Findings;
  /** What is known of the files from earlier commands; absent if all are to be read. */
  readonly files?: FileHashes;
}

/**
 * Throws DatasetError if labels lack an image file, unless missing ones are kept. It names the first five files and
 * counts the others.
 *
 * @param present the names of image files that are there and have no label
 */
export function requireImages(
  { title, missing: whatIf }: Loading,
  labels: { readonly path: string; readonly count: number },
  missing: readonly string[],
  present: readonly string[] = [],
): void {
  if (missing.length === 0 || whatIf === "keep") return;
  const others =
    present.length > 0 ? `; without a label: ${present.length} files, such as ${present[0]}` : "";
  throw new DatasetError(
    `${title}: expected an image file for each of the ${labels.count} labels in ${labels.path}; ` +
      `${missing.length} missing: ${listFirst(missing, 5)}${others}. ` +
      `Unpack all images of the data set, or see all that is missing with \`pnpm exp data check\`.`,
  );
}
