/** @file The answer for a subset, out of answers for all test images. */
import { DatasetError } from "../error.ts";
import type { Subset } from "./read.ts";

export interface SubsetScore {
  /** Right answers among the lines of the list. */
  readonly k: number;
  /** Lines. */
  readonly n: number;
  /** Right answers among the different images. */
  readonly uniqueK: number;
  /** Different images. */
  readonly uniqueN: number;
}

/** Counts right answers by line, as published accuracies do, and by image. `isRight` is by test id. */
export function scoreSubset(
  { ids, title }: Subset,
  isRight: ReadonlyMap<string, boolean>,
): SubsetScore {
  const answer = (id: string): boolean => {
    const right = isRight.get(id);
    if (right !== undefined) return right;
    throw new DatasetError(
      `${title}: expected an answer for every test image, found none for ${id}. ` +
        `Answer the test split of the data set whose subset this is.`,
    );
  };
  const unique = [...new Set(ids)];
  return {
    k: ids.filter(answer).length,
    n: ids.length,
    uniqueK: unique.filter(answer).length,
    uniqueN: unique.length,
  };
}
