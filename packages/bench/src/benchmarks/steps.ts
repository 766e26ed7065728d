/** @file `bench train` and `bench evaluate`: the steps of this project, compared with all competitors. */
import { CommandLineError } from "@mvt/common";
import { evaluationBatchSize } from "@mvt/experiments";
import { imagesPerSecond, speedRatio } from "@mvt/report";
import type { Ratio, SpeedSetting } from "@mvt/report";
import { plainTfjsEngines } from "../engines.ts";
import type { EngineEntry } from "../engines.ts";
import { roundOptions } from "../plan.ts";
import type { BenchPlan } from "../plan.ts";
import type { Competitor } from "../processes/competitor.ts";
import {
  engineCompetitor,
  plainTfjsCompetitor,
  productsCompetitor,
} from "../processes/competitors.ts";
import { torchCompetitors, torchDevices } from "../processes/pytorch.ts";
import type { TorchCompetitor } from "../processes/pytorch.ts";
import { timeInRounds } from "../processes/rounds.ts";
import type { Workload } from "../workloads/step.ts";
import { combined, findingsOf } from "./findings.ts";
import type { Findings } from "./findings.ts";

/** Training steps, once per batch size. */
export async function trainBenchmark(plan: BenchPlan): Promise<Findings> {
  const findings: Findings[] = [];
  for (const batchSize of plan.batchSizes) {
    const setting = { id: "train", title: `training step, batch ${batchSize}` };
    const competitors = trainingCompetitors(plan, batchSize);
    const torch = torchOf(plan, batchSize);
    const eager = torch.filter(({ id }) => id === "pytorch");
    const savingIds = memorySavings.map((saving) => savingId(plan.baseline, saving));
    const saving = competitors.filter(({ id }) => savingIds.includes(id));
    const pairs = saving.flatMap(({ id: of }) => eager.map(({ id: to }) => ({ of, to })));
    const found = await compare(plan, setting, competitors, pairs);
    findings.push({ ...found, notes: [...found.notes, ...fastestTorch(found, torch)] });
  }
  return combined(findings);
}

/** By device, the fastest PyTorch of a setting, and this project's speed relative to it, in a sentence each. */
function fastestTorch(
  { settings }: Findings,
  torch: readonly TorchCompetitor[],
): readonly string[] {
  const [{ title, timings }] = settings as readonly [SpeedSetting];
  const [own] = timings;
  return torchDevices.flatMap((device) => {
    const ids = torch.filter((one) => one.device === device).map(({ id }) => id);
    const timed = timings.filter(({ id }) => ids.includes(id));
    const [fastest] = timed.toSorted((a, b) => imagesPerSecond(b) - imagesPerSecond(a));
    const ratio = fastest && own && speedRatio(own, fastest);
    if (ratio === undefined) return [];
    return [
      `${title}: of ${timed.length} ways of PyTorch on ${device}, ${fastest!.title} is the fastest; this project takes ${inWords(ratio)} times as many images per second.`,
    ];
  });
}

/** One batch through mask generator and classifier, at the batch size of evaluations. */
export async function evaluateBenchmark(plan: BenchPlan): Promise<Findings> {
  const { baseline, model, threads } = plan;
  const batchSize = evaluationBatchSize(model.imageSize);
  const workload: Workload = { kind: "evaluate", model, batchSize };
  const setting = { id: "evaluate", title: `evaluation of MVT with masks, batch ${batchSize}` };
  return compare(plan, setting, [
    engineCompetitor(baseline, workload, { threads }),
    productsCompetitor(workload, threads),
  ]);
}

/** Throws a CommandLineError if --only has a name that no competitor has. */
export function requireKnownCompetitors({ only = [], ...plan }: BenchPlan): void {
  const known = trainingCompetitors(plan, 1).map(({ id }) => id);
  const unknown = only.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  const advice = plan.pythons.length === 0 ? " Add --python PATH to time PyTorch." : "";
  throw new CommandLineError(
    `--only ${only.join(",")}: expected names out of ${known.join(", ")}, got ${unknown || "nothing"}.${advice}`,
  );
}

/** The baseline, then everything that it is compared with. */
function trainingCompetitors(
  plan: Omit<BenchPlan, "say">,
  batchSize: number,
): readonly [Competitor, ...Competitor[]] {
  const { baseline, otherEngines, only, model, threads } = plan;
  const workload: Workload = { kind: "train", model, batchSize };
  const others = [
    ...memorySavingCompetitors(baseline, workload, threads),
    productsCompetitor(workload, threads),
    ...otherEngines.map((entry) => engineCompetitor(entry, workload, { threads })),
    ...plainTfjsEngines.map((entry) => plainTfjsCompetitor(entry, workload, threads)),
    ...torchOf(plan, batchSize),
  ];
  const asked = others.filter(({ id }) => only === undefined || only.includes(id));
  return [engineCompetitor(baseline, workload, { threads }), ...asked];
}

function torchOf(
  { pythons, model, threads }: Omit<BenchPlan, "say">,
  batchSize: number,
): readonly TorchCompetitor[] {
  return torchCompetitors(pythons, { model, batchSize }, threads);
}

/** A way to take a step in less memory. */
interface MemorySaving {
  /** What follows the baseline's id. */
  readonly id: string;
  readonly title: string;
  /** Only for the engine that computes several micro-batches at once: how many sessions of it. */
  readonly sessions?: number;
  /** What changes in the workload. */
  readonly change: (workload: Workload) => Partial<Workload>;
}

const memorySavings: readonly MemorySaving[] = [
  {
    id: "recompute",
    title: "activations computed again",
    change: () => ({ recompute: true }),
  },
  { id: "one-session", title: "in one session", sessions: 1, change: () => ({}) },
  {
    id: "one-by-one",
    title: "in one session, image by image",
    sessions: 1,
    change: ({ batchSize }) => ({ accumulate: batchSize }),
  },
];

const savingId = ({ id }: EngineEntry, saving: MemorySaving) => `${id}-${saving.id}`;

/** The baseline with each of the ways to need less memory that it has. */
function memorySavingCompetitors(
  baseline: EngineEntry,
  workload: Workload,
  threads: number,
): readonly Competitor[] {
  const { backend, device } = baseline.engine;
  const hasSessions = backend === "onnx" && device === "cpu";
  return memorySavings
    .filter(({ sessions }) => hasSessions || sessions === undefined)
    .map((saving) => {
      const sessions = saving.sessions ?? baseline.engine.sessions;
      const entry: EngineEntry = {
        ...baseline,
        id: savingId(baseline, saving),
        title: `${baseline.title}, ${saving.title}`,
        engine: { ...baseline.engine, sessions },
      };
      return engineCompetitor(entry, { ...workload, ...saving.change(workload) }, { threads });
    });
}

/** Times all, and compares the first with each of the others; `further` are pairs besides these. */
async function compare(
  plan: BenchPlan,
  names: Pick<SpeedSetting, "id" | "title">,
  competitors: readonly [Competitor, ...Competitor[]],
  further: SpeedSetting["pairs"] = [],
): Promise<Findings> {
  const [first, ...others] = competitors;
  const result = await timeInRounds(competitors, roundOptions(plan, names.title));
  const pairs = [...others.map(({ id }) => ({ of: first.id, to: id })), ...further];
  const findings = findingsOf(result, { ...names, pairs }, first);
  for (const setting of findings.settings) for (const line of ratioLines(setting)) plan.say(line);
  return findings;
}

/** The first competitor's speed beside each other's, a line each: what a benchmark that is interrupted later has found. */
function ratioLines({ title, timings }: SpeedSetting): readonly string[] {
  const [own, ...others] = timings;
  return others.flatMap((other) => {
    const ratio = own && speedRatio(own, other);
    if (ratio === undefined) return [];
    return [`${title}: ${inWords(ratio)} times as many images per second as ${other.title}`];
  });
}

/** "2.10 (2.04 to 2.13)" */
function inWords({ median, least, most }: Ratio): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
