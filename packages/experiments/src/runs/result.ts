/** @file The schemas of a run's JSON files: result and metrics. */
import { z } from "zod";
import { lineage } from "../pretrained/lineage.ts";
import type { Lineage } from "../pretrained/lineage.ts";
import { madeBy } from "./origin.ts";

const counted = z.object({ k: z.int().nonnegative(), n: z.int().positive() });
/** No more than n can be right. */
const withinN = ({ k, n }: { readonly k: number; readonly n: number }) => k <= n;
const count = counted.refine(withinN);
const epochCount = counted.extend({ epoch: z.int().positive() }).refine(withinN);
/** A share whose denominator may be zero: nothing was changed, nothing was wrong. */
const share = z.object({ k: z.int().nonnegative(), n: z.int().nonnegative() }).refine(withinN);

/** One line of metrics.jsonl. */
export const epochMetrics = z.object({
  epoch: z.int().positive(),
  learningRate: z.number(),
  /** Mean over the epoch's samples. */
  loss: z.number(),
  /** Correct predictions of the training steps themselves, on the labels that the run is given. */
  train: count,
  /** Labels that relabelling changed in this epoch. */
  relabelled: z.int().nonnegative(),
  validation: count,
  /** Absent of a run that is tested at its end. */
  test: count.exactOptional(),
  imagesPerSecond: z.number(),
});
export type EpochMetrics = z.infer<typeof epochMetrics>;

export const relabelOutcome = z.object({
  changed: z.int().nonnegative(),
  precision: share.exactOptional(),
  recall: share.exactOptional(),
  harm: share.exactOptional(),
  correctBefore: share.exactOptional(),
  correctAfter: share.exactOptional(),
});

/** What every result.json has. It is only there when the run is finished; only `madeBy` depends on the clock. */
const common = {
  id: z.string(),
  /** What the run is, for people: "RAF-DB, linear, seed 0". */
  title: z.string(),
  seed: z.int(),
  epochs: z.int().positive(),
  /** What trained it, at the end: "onnxruntime-node 1.30.0, cpu". The id does not depend on it. */
  engine: z.string().exactOptional(),
  /** Absent in runs of versions that did not record it. */
  madeBy: madeBy.exactOptional(),
};

const classifierResult = z.object({
  kind: z.literal("classifier"),
  ...common,
  parameters: z.int().positive(),
  /** Why training ended before its last epoch, in words; absent if it did not. */
  stopped: z.string().exactOptional(),
  /** The file of pre-trained weights that it started from, itself or by the run that it started from. */
  start: lineage.exactOptional(),
  /** k of n test images right, with the weights of the epoch that was best on the validation subset. */
  validation: epochCount,
  last: epochCount,
  /** Selected on the test data, among the epochs that were tested: an upper bound, not an estimate. */
  bestOnTest: epochCount,
  relabel: relabelOutcome.exactOptional(),
});
export type ClassifierResult = z.infer<typeof classifierResult>;

/** One line of a mask generator's metrics.jsonl: `MgnStatistics` of @mvt/mgn, flat. */
export const mgnMetrics = z.object({
  epoch: z.int().positive(),
  LD: z.number(),
  LG: z.number(),
  variance: z.number(),
  area: z.number(),
  accuracyGm: z.number(),
  accuracyRm: z.number(),
  meanArea: z.number(),
  spread: z.number(),
  bimodality: z.number(),
  positionShare: z.number(),
  /** What went wrong, in words; empty if nothing did. */
  collapse: z.array(z.string()),
  imagesPerSecond: z.number(),
});
export type MgnMetrics = z.infer<typeof mgnMetrics>;

const mgnResult = z.object({
  kind: z.literal("mgn"),
  ...common,
  m: z.number(),
  /** Of the last epoch. */
  last: mgnMetrics.omit({ imagesPerSecond: true }),
});
export type MgnResult = z.infer<typeof mgnResult>;

export const runResult = z.discriminatedUnion("kind", [classifierResult, mgnResult]);
export type RunResult = z.infer<typeof runResult>;

/** What a classifier recorded of the file of weights that it started from; undefined of any other run. */
export function startOf(result: RunResult | undefined): Lineage | undefined {
  return result?.kind === "classifier" ? result.start : undefined;
}
