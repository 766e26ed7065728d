/** @file What `--plan --json` writes. */
import { z } from "zod";
import type { OpenedEngine } from "../engine/engine.ts";
import { runKeys } from "./fact-shapes.ts";
import type { RunPlan } from "./planned-run.ts";
import { wavesOf } from "./waves.ts";

const estimateOfWork = {
  images: z.int().describe("images that the missing runs show their models"),
  seconds: z.number().describe("how long that takes, by a few steps timed here"),
};

export const planJson = z.object({
  engine: z
    .object({
      name: z.string().describe("the engine with its version"),
      device: z.string().describe("the device"),
      adapter: z.string().optional().describe("the device's own name, where it is known"),
      threads: z.int().describe("threads of each run"),
      jobs: z.int().describe("runs that train at once"),
    })
    .describe("what would train"),
  runs: z
    .array(
      z.object({
        ...runKeys,
        kind: z.enum(["classifier", "mgn"]).describe("`classifier` or `mgn`, a mask generator"),
        state: z.enum(["finished", "missing"]).describe("`finished`, or `missing`: to be trained"),
        beginsAs: z
          .object({
            run: z.string().describe("id of the run that trains its first epochs for it"),
            epochs: z.int().describe("how many these are"),
          })
          .optional()
          .describe("what it shares with another missing run"),
      }),
    )
    .describe("every run that is needed; one comes after those it uses"),
  waves: z
    .array(z.array(z.string()))
    .describe(
      "ids of the missing runs; those of one list need finished runs and earlier lists only",
    ),
  missing: z
    .object({
      runs: z.int().describe("runs to train"),
      ...estimateOfWork,
      imagesPerSecond: z.number().describe("of all runs that train at once"),
      separate: z
        .object(estimateOfWork)
        .optional()
        .describe("the same if no run shared its first epochs with another"),
    })
    .optional()
    .describe("what there is to train; absent if all runs are finished"),
});
export type PlanFacts = z.input<typeof planJson>;

/** The plan, with the estimate of what is missing. */
export function planFacts(
  plan: RunPlan,
  { backend, jobs, spec: { threads } }: OpenedEngine,
  work: PlanFacts["missing"],
): PlanFacts {
  const { needed, missing, shared } = plan;
  const { name, device, adapter } = backend;
  return {
    engine: { name, device, adapter, threads, jobs },
    runs: needed.map((run) => {
      const { id, title, config } = run;
      const beginning = shared.get(id);
      return {
        id,
        title,
        dataset: config.data.dataset,
        data: config.data.kind,
        seed: config.seed,
        kind: config.kind,
        state: missing.includes(run) ? "missing" : "finished",
        beginsAs: beginning && { run: beginning.trunk.id, epochs: beginning.epochs },
      };
    }),
    waves: wavesOf(plan).map((wave) => wave.map(({ id }) => id)),
    missing: work,
  };
}
