/** @file How the training step's time and memory grow with batch, image size and depth. */
import type { deit } from "@mvt/core";
import type { Scaling, ScalingPoint } from "@mvt/report";
import type { Contestant } from "./contestant.ts";
import { engineContestant } from "./roster.ts";
import { roundsOf } from "./plan.ts";
import type { BenchPlan } from "./plan.ts";
import { playRounds } from "./rounds.ts";
import { failed, joined } from "./section.ts";
import type { Section } from "./section.ts";

/** Rounds at a point, at most: there is nobody to take turns with. */
const mostRounds = 3;

/** One process after another: the memory of each is its own. */
export async function growthSection(plan: BenchPlan): Promise<Section> {
  const { base, model, threads } = plan;
  const [batchSize] = plan.batches as readonly [number];
  const step = (changed: Partial<deit.VitConfig>, batch = batchSize) =>
    engineContestant(
      base,
      { kind: "train", model: { ...model, ...changed }, batchSize: batch },
      { threads },
    );
  const what = "training step";
  const { imageSize, patchSize, depth: blocks } = model;
  const side = `${imageSize} x ${imageSize}`;
  const whole = (pixels: number) => patchSize * Math.round(pixels / patchSize);
  return joined([
    await grow(plan, {
      about: { id: "batch", quantity: "images per step", what: `${what}, ${side}` },
      xs: plan.growingBatches,
      at: (batch) => step({}, batch),
    }),
    await grow(plan, {
      about: { id: "size", quantity: "image side in pixels", what: `${what}, batch ${batchSize}` },
      xs: plan.growingSides.map((share) => whole(share * imageSize)),
      at: (pixels) => step({ imageSize: pixels }),
    }),
    await grow(plan, {
      about: { id: "depth", quantity: "blocks", what: `${what}, batch ${batchSize}, ${side}` },
      xs: plan.growingDepths.map((share) => Math.round(share * blocks)),
      at: (depth) => step({ depth }),
    }),
  ]);
}

interface Growing {
  readonly about: Omit<Scaling, "points">;
  readonly xs: readonly number[];
  /** Who is timed at x. */
  readonly at: (x: number) => Contestant;
}

/** A growth with a point for each x. One that fails, as where memory runs out, is left out with its reason. */
export async function grow(plan: BenchPlan, { about, xs, at }: Growing): Promise<Section> {
  const points: ScalingPoint[] = [];
  const notes: string[] = [];
  const software: string[] = [];
  const rounds = Math.min(mostRounds, plan.rounds);
  for (const x of xs) {
    const title = `growth with ${about.quantity}, ${x}`;
    const contestant = at(x);
    const outcome = await playRounds([contestant], roundsOf({ ...plan, rounds }, title));
    const [timing] = outcome.timings;
    const [failure] = outcome.failures;
    if (failure && points.length === 0) throw failed(contestant, failure.reason);
    if (timing) points.push({ x, timing });
    else notes.push(`Left out: ${title}: ${failure!.reason}`);
    software.push(...outcome.ready.map((one) => one.ready).filter(Boolean));
  }
  return { settings: [], growths: [{ ...about, points }], failures: [], software, notes };
}
