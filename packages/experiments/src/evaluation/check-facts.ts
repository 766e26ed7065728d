/** @file What `data check --json` writes. */
import { datasetNames } from "@mvt/datasets";
import type { DatasetCheck, DatasetName } from "@mvt/datasets";
import { z } from "zod";
import { count, fraction } from "../runs/fact-shapes.ts";
import type { ClassOrder } from "./class-order.ts";

export const checkVerdicts = ["ok", "differs", "skipped", "not applicable"] as const;

const dataCheck = z.object({
  name: z.enum(datasetNames).describe("the data set"),
  ok: z.boolean().describe("whether nothing differs"),
  problem: z
    .string()
    .optional()
    .describe("why it cannot be loaded; the keys below are then absent"),
  title: z.string().optional().describe("its name for people"),
  folder: z.string().optional().describe("where it lies"),
  layout: z.string().optional().describe("the layout of its files"),
  protocol: z.string().optional().describe("how its labels were made"),
  synthetic: z.boolean().optional().describe("whether its faces are drawn"),
  rows: z
    .array(
      z.object({
        what: z.string().describe("what was counted: `train / surprise`, `missing images`"),
        found: z.int().describe("how many there are"),
        published: z.int().optional().describe("how many there should be, where it is known"),
        verdict: z.enum(checkVerdicts).describe("`ok`, `differs`, `skipped` or `not applicable`"),
        names: z.array(z.string()).readonly().describe("the first of them by name"),
      }),
    )
    .optional()
    .describe("counts and defects"),
  disagreement: z
    .object({
      given: z.array(z.string()).readonly().describe("labels of FER2013, the rows"),
      truth: z.array(z.string()).readonly().describe("classes of FERPlus' votes, the columns"),
      counts: z.array(z.array(z.int()).readonly()).readonly().describe("training images"),
      wrong: z.array(z.int()).readonly().describe("of each row, images whose label is wrong"),
    })
    .optional()
    .describe("where the labels of FER2013 and the votes disagree, if both were read"),
  order: z
    .object({
      run: z.string().describe("the run whose model judges the order of the classes"),
      telling: z.boolean().describe("whether the model knows enough to tell"),
      renamed: z
        .array(
          z.object({
            files: z.string().describe("the class by the files"),
            model: z.string().describe("the class that the model sees"),
          }),
        )
        .readonly()
        .describe("classes whose labels seem to be those of others"),
      test: count.describe("test images right"),
      recall: fraction.describe("mean recall of the classes"),
      renamedTest: count.describe("test images right, were the classes renamed"),
      renamedRecall: fraction.describe("mean recall, were the classes renamed"),
    })
    .optional()
    .describe("whether the classes are in order, with `--run`"),
});

/** One entry per data set that was checked. */
export const dataCheckJson = z.array(dataCheck);
export type DataCheckFacts = z.input<typeof dataCheck>;

export function checkFacts(
  check: DatasetCheck,
  order: (ClassOrder & { readonly run: string }) | undefined,
): DataCheckFacts {
  return {
    ...check,
    ok: check.ok && (order?.renamed.length ?? 0) === 0,
    rows: [...check.rows],
    order: order && {
      ...order,
      renamed: [...order.renamed],
      test: { k: order.right, n: order.images },
      renamedTest: { k: order.renamedRight, n: order.images },
    },
  };
}

/** Of a data set that cannot be loaded. */
export const unloadedFacts = (name: DatasetName, problem: string): DataCheckFacts => ({
  name,
  ok: false,
  problem,
});
