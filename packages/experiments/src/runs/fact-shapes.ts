/** @file Shapes that facts for scripts have in common. Fractions are from 0 to 1; no number is ever NaN. */
import { datasetNames } from "@mvt/datasets";
import type { Estimate } from "@mvt/report";
import { z } from "zod";

export const fraction = z.number().min(0).max(1);

export const count = z
  .object({
    k: z.int().describe("how many of them hold: images that are right, labels that are true"),
    n: z.int().describe("all that were counted"),
  })
  .readonly()
  .meta({ id: "count" });

export const estimate = z
  .object({
    value: z.number().describe("the value itself"),
    low: z.number().optional().describe("where its 95 % interval begins"),
    high: z.number().optional().describe("where its 95 % interval ends"),
  })
  .readonly()
  .meta({ id: "estimate" });

/** An estimate as facts have it; the interval is absent where no resample gave one. */
export function estimateFacts({ value, interval }: Estimate): z.infer<typeof estimate> {
  return { value, ...interval };
}

/** The keys that say which run, and on which data. */
export const runKeys = {
  id: z.string().describe("the run's id"),
  title: z.string().describe("what the run is, for people"),
  dataset: z.enum(datasetNames).describe("the data set"),
  data: z.enum(["synthetic", "real"]).describe("`synthetic` or `real` faces"),
  seed: z.int().describe("the run's seed"),
};
