/** @file The order in which missing runs can be trained, as waves: those of a wave can train at once, in any order. */
import type { PlannedRun, RunPlan } from "./planned-run.ts";

/**
 * The missing runs in waves. A run uses finished runs and those of earlier waves only, and a run whose beginning another one
 * trains comes in a later wave than that one. Within a wave they keep their order.
 */
export function wavesOf({
  missing,
  shared,
}: Pick<RunPlan, "missing" | "shared">): readonly (readonly PlannedRun[])[] {
  const waves: PlannedRun[][] = [];
  const found = new Map<string, number>();
  const waveOf = (run: PlannedRun): number =>
    found.getOrInsertComputed(run.id, () => {
      const trunk = shared.get(run.id)?.trunk;
      const earlier = [...run.after, ...(trunk === undefined ? [] : [trunk])];
      const missed = earlier.filter(({ id }) => missing.some((each) => each.id === id));
      return Math.max(0, ...missed.map((each) => waveOf(each) + 1));
    });
  for (const run of missing) (waves[waveOf(run)] ??= []).push(run);
  return waves;
}
