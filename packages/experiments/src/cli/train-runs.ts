/** @file Training the runs that a command needs, or telling what it would train. */
import { sum } from "@mvt/common";
import { engineName } from "../engine/engine.ts";
import type { OpenedEngine } from "../engine/engine.ts";
import { originOf } from "../runs/origin.ts";
import { chosenPlan, requireFinished } from "../runs/chosen-plan.ts";
import { planFacts, planJson } from "../runs/plan-facts.ts";
import type { PlanFacts } from "../runs/plan-facts.ts";
import { planRuns } from "../runs/planned-run.ts";
import type { PlannedRun, RunPlan } from "../runs/planned-run.ts";
import { noiseTitle } from "../runs/provenance.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { checkPlan, executeRuns } from "../training/execute.ts";
import type { ResultOf } from "../training/execute.ts";
import { measureThroughput } from "../training/throughput.ts";
import { writeJson } from "./json-output.ts";
import { clearStatus } from "./messages.ts";
import { countedRuns, formatSeconds, imagesOf } from "./progress.ts";
import { relabelWarnings, startWarnings } from "./relabel-warning.ts";
import { scaleOf } from "./request.ts";
import type { TrainingSession } from "./request.ts";
import { epochLine } from "./run-summary.ts";
import { waits } from "./waiting.ts";
import type { WaitingArgs } from "./waiting.ts";

type Session = Pick<TrainingSession, "runsFolder" | "engine" | "progress" | "checkpoints">;

/** What the command's options say of its runs. */
type Asked = Parameters<typeof scaleOf>[0] &
  WaitingArgs & {
    /** Tell what would be trained, and train nothing. */
    readonly plan: boolean;
    /** Tell it as JSON. */
    readonly json: boolean;
    /** Each run trains its own beginning. */
    readonly separate: boolean;
    /** Train only the runs whose ids begin so. */
    readonly only?: readonly string[];
    /** Train nothing: all runs must be finished. */
    readonly noTrain?: boolean;
    /** Has somebody else train the plan, or tells what they would get. */
    readonly launch?: (plan: RunPlan) => Promise<void>;
  };

/**
 * Trains what is missing and returns the results of the wanted runs. Returns undefined where these are not all there: with
 * `plan`, which prints every run with its state, the engine and an estimate from a few steps timed here; with `only`; and
 * where others train them.
 */
export async function trainRuns<Config extends RunConfig>(
  wanted: readonly PlannedRun<Config>[],
  { runsFolder, engine, progress, checkpoints }: Session,
  asked: Asked,
): Promise<readonly ResultOf<Config>[] | undefined> {
  for (const line of describeLists(wanted)) progress.say(line);
  for (const line of startWarnings(wanted)) progress.say(line);
  const whole = await planRuns(wanted, runsFolder, asked.separate);
  if (asked.noTrain === true) requireFinished(whole);
  const plan = asked.only === undefined ? whole : chosenPlan(whole, asked.only);
  await checkPlan(plan, runsFolder, asked.launch === undefined ? engine.backend : undefined);
  const instead =
    asked.plan && asked.json ? writePlan : (asked.launch ?? (asked.plan ? printPlan : undefined));
  if (instead !== undefined) {
    await instead(plan, engine);
    return undefined;
  }
  const { needed, missing } = plan;
  // An image that cannot be read is found before anything trains.
  for (const data of new Set(missing.map((run) => run.data))) await data.open();
  progress.expect(plan);
  progress.say(
    `${countedRuns(needed.length)}, ${missing.length} to train; ${describeEngine(engine)}`,
  );
  try {
    const results = await executeRuns(plan, {
      ...progress,
      onEpoch: (run, metrics, epochs) => progress.onEpoch(run, epochLine(metrics, epochs)),
      runsFolder,
      engine,
      wait: waits(asked),
      origin: originOf(scaleOf(asked).name, engine.backend),
      checkpoints,
    });
    for (const line of await relabelWarnings(missing, runsFolder)) progress.say(line);
    return asked.only === undefined ? results : undefined;
  } finally {
    progress.end();
  }
}

/** What the lists of noisy labels do, once each: "RAF-DB, list 3fa9c1d2: ...". */
function describeLists(runs: readonly PlannedRun[]): ReadonlySet<string> {
  return new Set(
    runs.flatMap(({ data, config: { noise } }) => {
      if (noise?.kind !== "list") return [];
      const n = data.train.rows.length;
      return [
        `${data.dataset.title}, ${noiseTitle(noise)}: ${noise.wrong} of ${n} training labels become wrong; ${noise.unlisted} images are not in the list and keep theirs`,
      ];
    }),
  );
}

async function printPlan(plan: RunPlan, engine: OpenedEngine): Promise<void> {
  const { needed, missing, shared } = plan;
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  clearStatus();
  for (const run of needed) {
    const { trunk, epochs } = shared.get(run.id) ?? {};
    const from = trunk && `; its first ${epochs} epochs are those of ${trunk.id}`;
    print(
      `${run.id}  ${missing.includes(run) ? "to train" : "finished"}  ${run.title}${from ?? ""}`,
    );
  }
  print(describeEngine(engine));
  const work = await estimateWork(plan, engine);
  if (work === undefined) return print("nothing to train");
  const { images, imagesPerSecond, seconds, separate } = work;
  print(
    `${missing.length} of ${countedRuns(needed.length)} to train: ${images} images at ${imagesPerSecond.toFixed(0)} images/s, about ${formatSeconds(seconds)}`,
  );
  if (separate === undefined) return;
  print(
    `${shared.size} of them share their first epochs with another; apart it would be ${separate.images} images, about ${formatSeconds(separate.seconds)}`,
  );
}

async function writePlan(plan: RunPlan, engine: OpenedEngine): Promise<void> {
  const work = await estimateWork(plan, engine);
  clearStatus();
  writeJson(planJson, planFacts(plan, engine, work));
}

/** How long the missing runs take, by a few steps timed here; undefined if there are none. */
async function estimateWork(
  { missing, shared }: RunPlan,
  { backend, jobs }: OpenedEngine,
): Promise<PlanFacts["missing"]> {
  const [first] = missing;
  if (first === undefined) return undefined;
  const imagesPerSecond = (await measureThroughput(backend, first.config)) * jobs;
  const workOf = (images: number) => ({ images, seconds: images / imagesPerSecond });
  return {
    runs: missing.length,
    ...workOf(sum(missing.map((run) => imagesOf(run, shared)))),
    imagesPerSecond,
    separate: shared.size === 0 ? undefined : workOf(sum(missing.map((run) => imagesOf(run)))),
  };
}

function describeEngine({ backend, jobs, spec: { threads } }: OpenedEngine): string {
  const runs = jobs === 1 ? "one run at a time" : `${jobs} runs at a time`;
  const where = `${engineName(backend)}, ${runs}`;
  if (backend.device !== "cpu") return where;
  return `${where}, ${threads} ${threads === 1 ? "thread" : "threads"} each`;
}
