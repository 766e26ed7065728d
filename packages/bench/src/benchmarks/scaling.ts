/** @file `bench growth`: how the training step's time and memory scale with batch, image size and depth. */
import type { deit } from "@mvt/core";
import type { Scaling, ScalingPoint } from "@mvt/report";
import { roundOptions } from "../plan.ts";
import type { BenchPlan } from "../plan.ts";
import type { Competitor } from "../processes/competitor.ts";
import { engineCompetitor } from "../processes/competitors.ts";
import { timeInRounds } from "../processes/rounds.ts";
import { combined, requiredFailed } from "./findings.ts";
import type { Findings } from "./findings.ts";

/** The training step of the baseline alone, in one process after another: each has a memory of its own. */
export async function scalingBenchmark(plan: BenchPlan): Promise<Findings> {
  const { baseline, model, threads, batchSizes } = plan;
  const step = (changed: Partial<deit.VitConfig>, batchSize = batchSizes[0]) =>
    engineCompetitor(
      baseline,
      { kind: "train", model: { ...model, ...changed }, batchSize },
      { threads },
    );
  const { imageSize, patchSize, depth } = model;
  const what = "training step";
  const size = `${imageSize} x ${imageSize}`;
  const batch = `batch ${batchSizes[0]}`;
  return combined([
    await measureScaling(plan, {
      about: { id: "batch", quantity: "images per step", what: `${what}, ${size}` },
      xs: plan.growingBatches,
      competitorAt: (batchSize) => step({}, batchSize),
    }),
    await measureScaling(plan, {
      about: { id: "size", quantity: "image side in pixels", what: `${what}, ${batch}` },
      xs: plan.growingSides.map((share) => patchSize * Math.round((share * imageSize) / patchSize)),
      competitorAt: (pixels) => step({ imageSize: pixels }),
    }),
    await measureScaling(plan, {
      about: { id: "depth", quantity: "blocks", what: `${what}, ${batch}, ${size}` },
      xs: plan.growingDepths.map((share) => Math.round(share * depth)),
      competitorAt: (blocks) => step({ depth: blocks }),
    }),
  ]);
}

/** Rounds at a point, at most: there is nothing to interleave with. */
const mostRounds = 3;

interface ScalingMeasurement {
  readonly about: Omit<Scaling, "points">;
  /** The values of the quantity, ascending. */
  readonly xs: readonly number[];
  /** What is timed at x. */
  readonly competitorAt: (x: number) => Competitor;
}

/** Measures a point for each x. Points that fail, for want of memory for example, are left out with a note. */
export async function measureScaling(
  plan: BenchPlan,
  { about, xs, competitorAt }: ScalingMeasurement,
): Promise<Findings> {
  const points: ScalingPoint[] = [];
  const notes: string[] = [];
  const software: string[] = [];
  const rounds = Math.min(mostRounds, plan.rounds);
  for (const x of xs) {
    const title = `growth with ${about.quantity}, ${x}`;
    const competitor = competitorAt(x);
    const result = await timeInRounds([competitor], roundOptions({ ...plan, rounds }, title));
    const [timing] = result.timings;
    const [failure] = result.failures;
    if (failure && points.length === 0) throw requiredFailed(competitor, failure.reason);
    if (timing) points.push({ x, timing });
    else notes.push(`Left out: ${title}: ${failure!.reason}`);
    software.push(...result.ready.map((one) => one.ready).filter(Boolean));
  }
  return { settings: [], scalings: [{ ...about, points }], failures: [], software, notes };
}
