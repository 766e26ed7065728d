/** @file What a command is about to do: the runs it needs, which of them are done, how long the rest takes. */
import type { RunConfig } from "../config.ts";
import { engineName } from "../engine.ts";
import { executeRuns } from "../runs/execute.ts";
import type { ResultOf } from "../runs/execute.ts";
import { inOrder, unfinished } from "../runs/plan.ts";
import type { PlannedRun } from "../runs/plan.ts";
import { requirePrecision } from "../training/precision.ts";
import { measureThroughput } from "../training/throughput.ts";
import type { Engine } from "./options.ts";
import { clearStatus, formatSeconds, imagesOf } from "./progress.ts";
import type { Progress } from "./progress.ts";

/** Prints every run with its state, the device, and an estimate from a few steps timed here. */
export async function printPlan(
  wanted: readonly PlannedRun[],
  { runsFolder, engine }: { readonly runsFolder: string; readonly engine: Engine },
): Promise<void> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const needed = inOrder(wanted);
  const missing = await unfinished(needed, runsFolder);
  await requirePrecisionOf(missing, engine);
  clearStatus();
  for (const run of needed) {
    print(`${run.id}  ${missing.includes(run) ? "to train" : "finished"}  ${run.title}`);
  }
  print(describeEngine(engine));
  const [first] = missing;
  if (first === undefined) return print("nothing to train");
  const images = missing.reduce((total, run) => total + imagesOf(run), 0);
  const rate = (await measureThroughput(engine.backend, first.config)) * engine.jobs;
  print(
    `${missing.length} of ${needed.length} runs to train: ${images} images at ${rate.toFixed(0)} images/s, about ${formatSeconds(images / rate)}`,
  );
}

/** Says what there is to do, does it, and returns the results of the wanted runs. */
export async function executeWithProgress<Config extends RunConfig>(
  wanted: readonly PlannedRun<Config>[],
  {
    runsFolder,
    engine,
    progress,
  }: { readonly runsFolder: string; readonly engine: Engine; readonly progress: Progress },
): Promise<readonly ResultOf<Config>[]> {
  const needed = inOrder(wanted);
  const missing = await unfinished(needed, runsFolder);
  await requirePrecisionOf(missing, engine);
  progress.expect(missing);
  progress.say(`${needed.length} runs, ${missing.length} to train; ${describeEngine(engine)}`);
  try {
    return await executeRuns(wanted, {
      ...progress,
      runsFolder,
      jobs: engine.jobs,
      engine: engine.spec,
    });
  } finally {
    progress.end();
  }
}

/** Before the first run trains, not when the turn comes to one that cannot. */
async function requirePrecisionOf(runs: readonly PlannedRun[], { backend }: Engine): Promise<void> {
  await requirePrecision(
    backend,
    runs.map(({ config }) => config),
  );
}

function describeEngine({ backend, jobs, spec: { threads } }: Engine): string {
  const runs = jobs === 1 ? "one run at a time" : `${jobs} runs at a time`;
  const where = `${engineName(backend)}, ${runs}`;
  if (backend.device !== "cpu") return where;
  return `${where}, ${threads} ${threads === 1 ? "thread" : "threads"} each`;
}
