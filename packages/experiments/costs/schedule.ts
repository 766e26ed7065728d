/** @file How long runs take that are spread over several machines, where some need others first. */
import type { PlannedRun, RunPlan } from "../src/runs/planned-run.ts";

/** When all runs are done, in seconds, if so many train at once; the longest chain of runs is the least there is. */
export interface Schedule {
  readonly seconds: number;
  /** Of the longest chain: what no further machine makes shorter. */
  readonly chain: number;
  /** Runs of the longest chain by number: 3 for a classifier, a mask generator and a masked classifier. */
  readonly waves: number;
}

/**
 * A run begins as soon as a place is free, the runs it uses are done, and the run that trains its first epochs has come to
 * their end. Of those that can begin, the one with the longest chain after it does.
 */
export function scheduleRuns(
  { missing, shared }: Pick<RunPlan, "missing" | "shared">,
  secondsOf: (run: PlannedRun) => number,
  places: number,
): Schedule {
  const seconds = new Map(missing.map((run) => [run.id, secondsOf(run)]));
  /** What must have happened before a run begins: a run, and how much of it. */
  const needs = new Map(
    missing.map((run) => {
      const beginning = shared.get(run.id);
      const used = run.after.filter(({ id }) => seconds.has(id)).map(({ id }) => ({ id, part: 1 }));
      const part = beginning && beginning.epochs / beginning.trunk.config.training.epochs;
      return [run.id, beginning ? [...used, { id: beginning.trunk.id, part: part! }] : used];
    }),
  );
  const after = Map.groupBy(
    [...needs].flatMap(([id, needed]) => needed.map((need) => ({ ...need, by: id }))),
    ({ id }) => id,
  );
  /** From the beginning of a run to the end of the last that needs it. */
  const chains = new Map<string, { readonly seconds: number; readonly waves: number }>();
  const chainOf = (id: string): { readonly seconds: number; readonly waves: number } => {
    const known = chains.get(id);
    if (known) return known;
    const own = seconds.get(id)!;
    let longest = { seconds: own, waves: 1 };
    for (const { by, part } of after.get(id) ?? []) {
      const next = chainOf(by);
      const whole = part * own + next.seconds;
      const waves = next.waves + 1;
      longest = {
        seconds: Math.max(longest.seconds, whole),
        waves: Math.max(longest.waves, waves),
      };
    }
    chains.set(id, longest);
    return longest;
  };
  const waiting = missing
    .map(({ id }) => id)
    .toSorted((a, b) => chainOf(b).seconds - chainOf(a).seconds);
  const begun = new Map<string, number>();
  const free = Array.from({ length: places }, () => 0);
  /** When a run can begin; undefined as long as one that it needs has not begun. */
  const readyAt = (id: string): number | undefined => {
    const times = needs.get(id)!.map((need) => {
      const start = begun.get(need.id);
      return start === undefined ? undefined : start + need.part * seconds.get(need.id)!;
    });
    return times.includes(undefined) ? undefined : Math.max(0, ...(times as number[]));
  };
  while (waiting.length > 0) {
    const place = free.indexOf(Math.min(...free));
    const times = waiting.map((id) => Math.max(free[place]!, readyAt(id) ?? Infinity));
    const next = times.indexOf(Math.min(...times)); // the first of equals has the longest chain
    const [id] = waiting.splice(next, 1);
    begun.set(id!, times[next]!);
    free[place] = times[next]! + seconds.get(id!)!;
  }
  const all = [...chains.values()];
  return {
    seconds: Math.max(0, ...free),
    chain: Math.max(0, ...all.map((chain) => chain.seconds)),
    waves: Math.max(0, ...all.map(({ waves }) => waves)),
  };
}
