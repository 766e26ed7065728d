/** @file The training step among all contestants, and MVT's answers beside their floor. */
import type { SpeedSetting } from "@mvt/report";
import { evaluationBatchSize } from "../training/evaluation.ts";
import { CommandLineError } from "../usage-error.ts";
import type { Contestant } from "./contestant.ts";
import {
  engineContestant,
  floorContestant,
  plainTfjs,
  plainTfjsContestant,
  torchContestants,
} from "./roster.ts";
import type { EngineEntry } from "./roster.ts";
import { roundsOf } from "./plan.ts";
import type { BenchPlan } from "./plan.ts";
import { playRounds } from "./rounds.ts";
import { joined, sectionOf } from "./section.ts";
import type { Section } from "./section.ts";
import type { Workload } from "./workload.ts";

/** One setting per batch: the base, the same with recomputation, the floor, the other engines, TensorFlow.js alone, PyTorch. */
export async function trainSection(plan: BenchPlan): Promise<Section> {
  const sections: Section[] = [];
  for (const batchSize of plan.batches) {
    const setting = { id: "train", title: `training step, batch ${batchSize}` };
    const contestants = trainingContestants(plan, batchSize);
    const torch = contestants.filter(({ id }) => id.startsWith("pytorch"));
    const lean = contestants.find(({ id }) => id === recomputing(plan.base).id);
    const pairs = lean ? torch.map(({ id }) => ({ of: lean.id, to: id })) : [];
    sections.push(await playSetting(plan, setting, contestants, pairs));
  }
  return joined(sections);
}

/** Throws a CommandLineError where --only names nobody. */
export function requireKnown({ only = [], ...plan }: BenchPlan): void {
  const known = trainingContestants(plan, 1).map(({ id }) => id);
  const stranger = only.find((id) => !known.includes(id));
  if (stranger === undefined) return;
  const python = plan.pythons.length === 0 ? " PyTorch takes part with --python PATH." : "";
  throw new CommandLineError(
    `--only ${only.join(",")}: expected names out of ${known.join(", ")}, got ${stranger || "nothing"}.${python}`,
  );
}

function trainingContestants(
  { base, rivals, pythons, only, model, threads }: Omit<BenchPlan, "say">,
  batchSize: number,
): readonly Contestant[] {
  const workload: Workload = { kind: "train", model, batchSize };
  const others = [
    engineContestant(recomputing(base), { ...workload, recompute: true }, { threads }),
    floorContestant(workload, threads),
    ...rivals.map((entry) => engineContestant(entry, workload, { threads })),
    ...plainTfjs.map((entry) => plainTfjsContestant(entry, workload, threads)),
    ...torchContestants(pythons, { model, batchSize }, threads),
  ];
  const asked = others.filter(({ id }) => only === undefined || only.includes(id));
  return [engineContestant(base, workload, { threads }), ...asked];
}

/** The same engine, with the least memory. */
function recomputing({ id, title, ...entry }: EngineEntry): EngineEntry {
  return { ...entry, id: `${id}-recompute`, title: `${title}, activations computed again` };
}

/** The batch that evaluations use. */
export async function evaluateSection(plan: BenchPlan): Promise<Section> {
  const { base, model, threads } = plan;
  const batchSize = evaluationBatchSize(model.imageSize);
  const workload: Workload = { kind: "evaluate", model, batchSize };
  const setting = { id: "evaluate", title: `evaluation of MVT with masks, batch ${batchSize}` };
  return playSetting(plan, setting, [
    engineContestant(base, workload, { threads }),
    floorContestant(workload, threads),
  ]);
}

/** The first contestant is held against each of the others; `further` are pairs beside these. */
async function playSetting(
  plan: BenchPlan,
  names: Pick<SpeedSetting, "id" | "title">,
  contestants: readonly Contestant[],
  further: readonly { readonly of: string; readonly to: string }[] = [],
): Promise<Section> {
  const [first, ...others] = contestants;
  const outcome = await playRounds(contestants, roundsOf(plan, names.title));
  const pairs = [...others.map(({ id }) => ({ of: first!.id, to: id })), ...further];
  return sectionOf(outcome, { ...names, pairs }, first!);
}
