/**
 * @file Parts of a test set that Table 5 counts by themselves: faces that are occluded or turned.
 *
 * Where the lists come from is settled here and nowhere else.
 */
import type { Dataset } from "@mvt/datasets";

/** A list of test images. */
export interface TestSubset {
  /** "occlusion", "pose-30", "pose-45". */
  readonly name: string;
  /** "Occlusion-RAF-DB". */
  readonly title: string;
  /** Sample ids as the list has them: an image that it names twice is here twice. */
  readonly ids: readonly string[];
}

export type ReadSubsets = (dataset: Dataset) => Promise<readonly TestSubset[]>;

/** No loader reads lists yet: every data set has none. */
export const readSubsets: ReadSubsets = () => Promise.resolve([]);
