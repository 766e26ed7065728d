/** @file What `weights show --json` writes. */
import { backboneNames, deit } from "@mvt/core";
import type { VitMatch } from "@mvt/core";
import { z } from "zod";

/** What becomes of an array of the file. */
export const arrayFates = ["loaded", "skipped", "unknown", "unfit"] as const;

export const weightsShowJson = z.object({
  path: z.string().describe("the file"),
  format: z.string().describe("its format"),
  bytes: z.int().describe("its size"),
  sha256: z.string().describe("its SHA-256"),
  network: z
    .object({
      backbone: z.enum(backboneNames).describe("the network, as `--backbone` names it"),
      variant: z.string().optional().describe("its size by name, where it has one"),
      width: z.int().describe("numbers per token"),
      depth: z.int().describe("blocks"),
      patchSize: z.int().describe("pixels along the side of a patch"),
      classes: z.int().optional().describe("classes of its head; absent if it has none"),
      distilled: z.boolean().describe("whether it has a distillation token"),
      registers: z.int().describe("register tokens"),
      pooling: z
        .enum(deit.poolingNames)
        .optional()
        .describe(
          "`average` if it was trained with average pooling, which `--pooling` then asks for",
        ),
    })
    .optional()
    .describe("the vision transformer in the file; absent if none is known"),
  scale: z.string().describe("the scale whose model the arrays were matched with"),
  arrays: z
    .array(
      z.object({
        name: z.string().describe("the array"),
        type: z.string().describe("the type of its numbers"),
        shape: z.array(z.int()).readonly().describe("its shape"),
        fate: z.enum(arrayFates).describe("`loaded`, `skipped`, `unknown` or `unfit`"),
        parameter: z
          .string()
          .optional()
          .describe("the parameter that it becomes, or that it does not fit"),
        reason: z.string().optional().describe("why it is skipped"),
      }),
    )
    .describe("every array of the file"),
  otherEntries: z
    .array(z.string())
    .readonly()
    .describe("what is in the file besides weights, not read"),
  loaded: z.int().describe("parameters that `--weights` would load"),
  startsAnew: z.array(z.string()).readonly().describe("parameters that start from the seed"),
  resampled: z
    .object({
      from: z.int().describe("patches along the side in the file"),
      to: z.int().describe("patches along the side at this scale"),
    })
    .optional()
    .describe("how position embeddings are resampled, where they are"),
});
export type WeightsFacts = z.input<typeof weightsShowJson>;
export type ArrayFacts = WeightsFacts["arrays"][number];

/** One entry per array: what becomes of it. */
export function arrayFacts({ file, matched, skipped, unfit }: VitMatch): ArrayFacts[] {
  type Fate = Pick<ArrayFacts, "fate" | "parameter" | "reason">;
  const fates = new Map<string, Fate>();
  for (const { parameter, from } of matched) {
    for (const name of from) fates.set(name, { fate: "loaded", parameter });
  }
  for (const { name, reason } of skipped) fates.set(name, { fate: "skipped", reason });
  for (const { parameter, from } of unfit) {
    for (const name of from) fates.set(name, { fate: "unfit", parameter });
  }
  return [...file.arrays].map(([name, { type, shape }]) => ({
    name,
    type,
    shape,
    ...(fates.get(name) ?? { fate: "unknown" }),
  }));
}
