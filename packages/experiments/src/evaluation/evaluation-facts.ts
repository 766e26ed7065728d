/** @file What `evaluate --json` and `compare --json` write. */
import { holm } from "@mvt/report";
import type { Comparison, Evaluation } from "@mvt/report";
import { z } from "zod";
import type { ClassifierConfig } from "../settings/run-config.ts";
import { mistakeFacts } from "./mistakes.ts";
import type { MistakeFacts } from "./mistakes.ts";
import { count, estimate, estimateFacts, runKeys } from "../runs/fact-shapes.ts";

/** How intervals were drawn. */
const resampling = {
  resamples: z.int().describe("bootstrap resamples of the intervals"),
  stratified: z.boolean().describe("whether they were drawn within each class"),
};

/** The measures of one run's predictions. */
export const evaluateJson = z.object({
  ...runKeys,
  split: z.string().describe("the split whose images were predicted"),
  weights: z.string().describe("which of the run's weights predicted them"),
  right: count.describe("images that are predicted right"),
  accuracy: estimate.describe("the fraction of images that are predicted right"),
  meanClassAccuracy: estimate.describe("the mean recall of the classes (UAR)"),
  macroF1: estimate.describe("the mean F1 of the classes"),
  classes: z
    .array(
      z.object({
        name: z.string().describe("the class"),
        right: count.describe("of its images, those that are predicted right"),
        f1: estimate.optional().describe("its F1; absent if it neither occurs nor is predicted"),
      }),
    )
    .describe("the classes, in the order of the confusion matrix"),
  confusion: z
    .array(z.array(z.int()))
    .describe("images by true class (rows) and predicted class (columns)"),
  hardest: z
    .array(mistakeFacts)
    .optional()
    .describe("the wrong predictions that it is surest of; only with `--hardest`"),
  ...resampling,
});

/** Runs on the same images, each compared with the first. */
export const compareJson = z.object({
  n: z.int().describe("the test images that all runs predicted"),
  runs: z
    .array(
      z.object({
        ...runKeys,
        accuracy: estimate.describe("as `evaluate` has it"),
        meanClassAccuracy: estimate.describe("as `evaluate` has it"),
        macroF1: estimate.describe("as `evaluate` has it"),
      }),
    )
    .describe("the runs, in the order in which they were named"),
  pairs: z
    .array(
      z.object({
        first: z.string().describe("id of the first run"),
        second: z.string().describe("id of the second run"),
        both: z.int().describe("images that both have right"),
        onlyFirst: z.int().describe("images that only the first has right"),
        onlySecond: z.int().describe("images that only the second has right"),
        neither: z.int().describe("images that neither has right"),
        p: z.number().describe("McNemar's test, two-sided and exact"),
        pCorrected: z.number().describe("p with Holm's correction for all pairs"),
        accuracy: estimate.describe("second minus first"),
        meanClassAccuracy: estimate.describe("second minus first"),
        macroF1: estimate.describe("second minus first"),
      }),
    )
    .describe("the comparison of every other run with the first"),
  ...resampling,
});

/** A run as `runKeys` name it. */
export function namedRun(
  { id, title }: { readonly id: string; readonly title: string },
  { data, seed }: ClassifierConfig,
) {
  return { id, title, dataset: data.dataset, data: data.kind, seed };
}

export function evaluationFacts(
  run: ReturnType<typeof namedRun> & { readonly split: string; readonly weights: string },
  { k, n, classes, confusion, resamples, stratified, ...measures }: Evaluation,
  hardest?: readonly MistakeFacts[],
): z.input<typeof evaluateJson> {
  return {
    ...run,
    right: { k, n },
    accuracy: estimateFacts(measures.accuracy),
    meanClassAccuracy: estimateFacts(measures.meanClassAccuracy),
    macroF1: estimateFacts(measures.macroF1),
    classes: classes.map(({ name, f1, ...own }) => ({
      name,
      right: { k: own.k, n: own.n },
      f1: f1 && estimateFacts(f1),
    })),
    confusion: confusion.map((row) => row.map((cell) => cell.count)),
    hardest: hardest && [...hardest],
    resamples,
    stratified,
  };
}

/** The first run beside others on the same images, each compared with it. */
export function comparisonFacts(
  first: ReturnType<typeof namedRun>,
  others: readonly {
    readonly run: ReturnType<typeof namedRun>;
    readonly comparison: Comparison;
  }[],
): z.input<typeof compareJson> {
  const measures = (comparison: Comparison, which: "first" | "second" | "difference") => ({
    accuracy: estimateFacts(comparison.accuracy[which]),
    meanClassAccuracy: estimateFacts(comparison.meanClassAccuracy[which]),
    macroF1: estimateFacts(comparison.macroF1[which]),
  });
  const common = others[0]!.comparison;
  const { n, resamples, stratified } = common;
  const corrected = holm(others.map(({ comparison }) => comparison.p));
  return {
    n,
    runs: [
      { ...first, ...measures(common, "first") },
      ...others.map(({ run, comparison }) => ({ ...run, ...measures(comparison, "second") })),
    ],
    pairs: others.map(({ run, comparison }, i) => {
      const { both, onlyFirst, onlySecond, neither, p } = comparison;
      const counts = { both, onlyFirst, onlySecond, neither };
      const tested = { p, pCorrected: corrected[i]! };
      const difference = measures(comparison, "difference");
      return { first: first.id, second: run.id, ...counts, ...tested, ...difference };
    }),
    resamples,
    stratified,
  };
}
