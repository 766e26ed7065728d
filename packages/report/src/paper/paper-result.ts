/**
 * @file A line of the paper's comparisons with other methods.
 */
import type { Reference } from "./references.ts";

/** An accuracy on a test set, or a part of it, of one method. */
export interface PaperResult {
  readonly dataset: string;
  readonly method: string;
  /** Where the method was published; absent for the paper's own, printed as "Ours". */
  readonly reference?: Reference;
  /** Of the paper's own: the mask ratio m, which section 4.3 names. */
  readonly m?: 0.15 | 0.2;
  /** Of the paper's own: the function f that section 4.3 chooses; absent without relabelling. */
  readonly f?: "sigmoid" | "quadratic";
  readonly year?: number;
  readonly percent: number;
  /** As printed, where that is not two. */
  readonly decimals?: number;
}
