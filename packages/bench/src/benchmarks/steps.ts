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

/** One setting per batch: the base, the same in less memory, the floor, the other engines, TensorFlow.js alone, PyTorch. */
export async function trainSection(plan: BenchPlan): Promise<Section> {
  const sections: Section[] = [];
  for (const batchSize of plan.batches) {
    const setting = { id: "train", title: `training step, batch ${batchSize}` };
    const contestants = trainingContestants(plan, batchSize);
    const torch = contestants.filter(({ id }) => id.startsWith("pytorch"));
    const leanIds = leanWays.map((way) => leanId(plan.base, way));
    const lean = contestants.filter(({ id }) => leanIds.includes(id));
    const pairs = lean.flatMap(({ id: of }) => torch.map(({ id: to }) => ({ of, to })));
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
    ...leanContestants(base, workload, threads),
    floorContestant(workload, threads),
    ...rivals.map((entry) => engineContestant(entry, workload, { threads })),
    ...plainTfjs.map((entry) => plainTfjsContestant(entry, workload, threads)),
    ...torchContestants(pythons, { model, batchSize }, threads),
  ];
  const asked = others.filter(({ id }) => only === undefined || only.includes(id));
  return [engineContestant(base, workload, { threads }), ...asked];
}

/** A way to take a step in less memory. */
interface LeanWay {
  readonly id: string;
  readonly title: string;
  /** Only of the engine that computes parts of a batch at once. */
  readonly sessions?: number;
  readonly workload: (asked: Workload) => Workload;
}

const leanWays: readonly LeanWay[] = [
  {
    id: "recompute",
    title: "activations computed again",
    workload: (asked) => ({ ...asked, recompute: true }),
  },
  { id: "one-session", title: "in one session", sessions: 1, workload: (asked) => asked },
  {
    id: "one-by-one",
    title: "in one session, image by image",
    sessions: 1,
    workload: (asked) => ({ ...asked, accumulate: asked.batchSize }),
  },
];

const leanId = ({ id }: EngineEntry, way: LeanWay) => `${id}-${way.id}`;

/** The same engine with less memory. */
function leanContestants(
  base: EngineEntry,
  asked: Workload,
  threads: number,
): readonly Contestant[] {
  const { backend, device } = base.engine;
  const hasSessions = backend === "onnx" && device === "cpu";
  return leanWays
    .filter(({ sessions }) => hasSessions || sessions === undefined)
    .map((way) => {
      const { title, sessions, workload } = way;
      const entry: EngineEntry = {
        ...base,
        id: leanId(base, way),
        title: `${base.title}, ${title}`,
        engine: { ...base.engine, ...(sessions === undefined ? {} : { sessions }) },
      };
      return engineContestant(entry, workload(asked), { threads });
    });
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
