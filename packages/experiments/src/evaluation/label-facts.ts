/** @file What `labels --json` writes. */
import type { LabelReport } from "@mvt/report";
import { z } from "zod";
import { fraction, runKeys } from "../runs/fact-shapes.ts";

export const labelsJson = z.object({
  ...runKeys,
  images: z.int().describe("training images"),
  relabels: z.boolean().describe("whether the run relabels"),
  changed: z.int().describe("training images whose label was changed"),
  folds: z.int().optional().describe("folds of the scores out of sample, with `--folds`"),
  rankedBy: z.int().describe("the place in `scores` of the score that ranks, from 0"),
  scores: z
    .array(
      z.object({
        title: z.string().describe("the score, for people"),
        source: z
          .enum(["in-sample", "out-of-sample"])
          .describe("`in-sample` or `out-of-sample`: whose probabilities it is made of"),
        wrong: z
          .object({
            k: z.int().describe("images whose label is wrong"),
            n: z.int().describe("images whose true label is known"),
            auroc: fraction.optional().describe("area under the ROC curve"),
            averagePrecision: fraction.optional().describe("average precision"),
          })
          .optional()
          .describe("how well it ranks wrong labels first; absent where no true label is known"),
      }),
    )
    .describe("the scores of every label"),
  ranked: z
    .array(
      z.object({
        id: z.string().describe("the image"),
        given: z.string().describe("its label in the data"),
        current: z.string().describe("its label at the end of training"),
        truth: z.string().optional().describe("its true label, where it is known"),
        scores: z
          .array(z.number().nullable())
          .describe("one per entry of `scores`; null of an image that was never drawn"),
        changedEpochs: z.array(z.int()).describe("epochs in which its label was changed"),
      }),
    )
    .describe("the `--top` most doubtful labels, first of all"),
});

/** Of the report, the run that it is about, and its counts. */
export function labelFacts(
  run: Pick<z.infer<typeof labelsJson>, keyof typeof runKeys | "images" | "relabels" | "changed">,
  { scores, rankedBy, ranked, folds }: LabelReport,
): z.input<typeof labelsJson> {
  return {
    ...run,
    folds,
    rankedBy,
    scores: scores.map(({ title, source, quality }) => ({ title, source, wrong: quality })),
    ranked: ranked.map(({ scores: values, changedEpochs, ...image }) => ({
      ...image,
      scores: values.map((value) => value ?? null),
      changedEpochs: [...changedEpochs],
    })),
  };
}
