/** @file What a run leaves behind, as its JSON files hold it. */
import { z } from "zod";

const count = z.object({ k: z.int().nonnegative(), n: z.int().positive() });
const epochCount = count.extend({ epoch: z.int().positive() });
/** A share whose denominator may be zero: nothing was changed, nothing was wrong. */
const share = z.object({ k: z.int().nonnegative(), n: z.int().nonnegative() });

/** One line of metrics.jsonl. */
export const epochMetrics = z.object({
  epoch: z.int().positive(),
  learningRate: z.number(),
  /** Mean over the epoch's samples. */
  loss: z.number(),
  /** Right answers of the training steps themselves, on the labels of the data set's files. */
  train: count,
  /** Labels that relabelling changed in this epoch. */
  relabelled: z.int().nonnegative(),
  validation: count,
  test: count,
  imagesPerSecond: z.number(),
});
export type EpochMetrics = z.infer<typeof epochMetrics>;

export const relabelOutcome = z.object({
  changed: z.int().nonnegative(),
  precision: share.exactOptional(),
  recall: share.exactOptional(),
  correctBefore: share.exactOptional(),
  correctAfter: share.exactOptional(),
});

/** result.json: only there when the run is finished. Nothing in it depends on the clock. */
export const runResult = z.object({
  id: z.string(),
  /** What the run is, for people: "RAF-DB, linear, seed 0". */
  title: z.string(),
  seed: z.int(),
  epochs: z.int().positive(),
  parameters: z.int().positive(),
  /** k of n test images right, with the weights of the epoch that was best on the validation subset. */
  validation: epochCount,
  last: epochCount,
  /** Selected on the test data: an upper bound, not an estimate. */
  bestOnTest: epochCount,
  relabel: relabelOutcome.exactOptional(),
});
export type RunResult = z.infer<typeof runResult>;
