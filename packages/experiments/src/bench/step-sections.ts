/** @file The training step among all contestants, and MVT's answers beside their floor. */
import type { SpeedSetting } from "@mvt/report";
import { evaluationBatchSize } from "../training/evaluation.ts";
import { CommandLineError, UsageError } from "../usage-error.ts";
import type { Contestant } from "./contestant.ts";
import { engineContestant, floorContestant, torchContestants } from "./contestants.ts";
import { roundsOf } from "./plan.ts";
import type { BenchPlan, Section } from "./plan.ts";
import { playRounds } from "./rounds.ts";
import type { Outcome } from "./rounds.ts";
import type { Workload } from "./workload.ts";

/** One setting per batch: the base, the floor, the other engines, PyTorch. */
export async function trainSection(plan: BenchPlan): Promise<Section> {
  const sections: Section[] = [];
  for (const batchSize of plan.batches) {
    const setting = { id: "train", title: `training step, batch ${batchSize}` };
    const contestants = trainingContestants(plan, batchSize);
    sections.push(await playSetting(plan, setting, contestants));
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
    floorContestant(workload, threads),
    ...rivals.map((entry) => engineContestant(entry, workload, { threads })),
    ...torchContestants(pythons, { model, batchSize }, threads),
  ];
  const asked = others.filter(({ id }) => only === undefined || only.includes(id));
  return [engineContestant(base, workload, { threads }), ...asked];
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

/** The first contestant is held against each of the others. */
async function playSetting(
  plan: BenchPlan,
  names: Pick<SpeedSetting, "id" | "title">,
  contestants: readonly Contestant[],
): Promise<Section> {
  const [first, ...others] = contestants;
  const outcome = await playRounds(contestants, roundsOf(plan, names.title));
  const pairs = others.map(({ id }) => ({ of: first!.id, to: id }));
  return sectionOf(outcome, { ...names, pairs }, first!);
}

/** What was played, as a section. Throws a UsageError where it failed for the one that all depends on. */
export function sectionOf(
  { timings, products, failures, ready }: Outcome,
  setting: Pick<SpeedSetting, "id" | "title" | "pairs">,
  needed: Contestant,
): Section {
  const failure = failures.find(({ contestant }) => contestant.id === needed.id);
  if (failure) throw failed(failure.contestant, failure.reason);
  return {
    settings: [{ ...setting, timings, ...(products ? { products } : {}) }],
    growths: [],
    failures,
    software: ready.map((one) => one.ready).filter(Boolean),
    notes: ready.flatMap(({ title, notes }) => notes.map((note) => `${title}: ${note}`)),
  };
}

export function failed({ title }: Contestant, reason: string): UsageError {
  return new UsageError(
    `bench: expected ${title} to work here, but: ${reason}. \`pnpm exp doctor\` says what this machine has.`,
  );
}

/** One after another. */
export function joined(sections: readonly Section[]): Section {
  const all = <Key extends keyof Section>(key: Key) =>
    sections.flatMap((section) => section[key] as readonly Section[Key][number][]);
  return {
    settings: all("settings"),
    growths: all("growths"),
    failures: all("failures"),
    software: [...new Set(all("software"))],
    notes: [...new Set(all("notes"))],
  };
}
