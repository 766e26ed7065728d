/** @file What a command is about to do: the runs it needs, which of them are done, how long the rest takes. */
import type { Backend } from "@mvt/core";
import { inOrder, unfinished } from "../runs/plan.ts";
import type { PlannedRun } from "../runs/plan.ts";
import { measureThroughput } from "../training/throughput.ts";
import { formatSeconds, imagesOf } from "./progress.ts";
import type { Progress } from "./progress.ts";

interface Where {
  readonly runsFolder: string;
  readonly backend: Backend;
}

/** Prints every run with its state, the device, and an estimate from a few steps timed here. */
export async function printPlan(
  wanted: readonly PlannedRun[],
  { runsFolder, backend }: Where,
): Promise<void> {
  const needed = inOrder(wanted);
  const missing = new Set(await unfinished(needed, runsFolder));
  for (const run of needed) {
    process.stdout.write(
      `${run.id}  ${missing.has(run) ? "to train" : "finished"}  ${run.title}\n`,
    );
  }
  process.stdout.write(`engine: ${backend.name}\n`);
  const images = totalImages(missing);
  const [first] = missing;
  if (first === undefined) {
    process.stdout.write("nothing to train\n");
    return;
  }
  const rate = await measureThroughput(backend, first.config);
  process.stdout.write(
    `${missing.size} of ${needed.length} runs to train: ${images} images at ${rate.toFixed(0)} images/s, about ${formatSeconds(images / rate)}\n`,
  );
}

/** Tells how much there is to do, before it is done. */
export async function announceWork(
  wanted: readonly PlannedRun[],
  { runsFolder, backend, progress }: Where & { readonly progress: Progress },
): Promise<void> {
  const needed = inOrder(wanted);
  const missing = await unfinished(needed, runsFolder);
  progress.expect(totalImages(missing));
  progress.say(`${needed.length} runs, ${missing.length} to train, on ${backend.name}`);
}

function totalImages(runs: Iterable<PlannedRun>): number {
  return [...runs].reduce((total, run) => total + imagesOf(run), 0);
}
