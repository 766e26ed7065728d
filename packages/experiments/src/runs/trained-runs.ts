/** @file What made the runs that a report is about, as they recorded it themselves. */
import { groupBy } from "@mvt/common";
import type { TrainedRuns } from "@mvt/report";
import { canonicalJson } from "../settings/run-config.ts";
import type { MadeBy } from "./origin.ts";
import { lineageLine } from "../pretrained/lineage.ts";
import { startOf } from "./result.ts";
import type { RunResult } from "./result.ts";
import { openRun } from "./run-folder.ts";

/** Groups finished runs by version and machine; those that recorded none come last. */
export async function trainedRuns(
  ids: Iterable<string>,
  runsFolder: string,
): Promise<readonly TrainedRuns[]> {
  const results = await Promise.all(
    [...new Set(ids)].map((id) => openRun(runsFolder, id).result()),
  );
  const groups = groupBy(results, (result) => {
    const made = result?.madeBy;
    return made && canonicalJson([made.commit, made.dirty, made.machine]);
  });
  const described = [...groups].map(([key, group]) => {
    const starts = startsOf(group);
    const made = group.flatMap((result) => result?.madeBy ?? []);
    const known = key === undefined ? { runs: group.length } : describe(made);
    return starts.length === 0 ? known : { ...known, starts };
  });
  return described.toSorted((a, b) => {
    if (a.by === undefined || b.by === undefined) return a.by ? -1 : 1;
    return a.by.first < b.by.first ? -1 : 1;
  });
}

/** The files of pre-trained weights that runs started from, each once, in words. */
function startsOf(group: readonly (RunResult | undefined)[]): readonly string[] {
  const starts = group.flatMap((result) => startOf(result) ?? []);
  return [...new Set(starts.map(lineageLine))];
}

function describe(group: readonly MadeBy[]): TrainedRuns {
  const dates = group.map(({ date }) => date).toSorted();
  const { commit, dirty, machine } = group[0]!;
  const others = group.flatMap(({ before = [] }) => before.map((other) => other.commit));
  const begunBy = [...new Set(others)].filter((other) => other !== commit);
  const [first, last] = [dates[0]!, dates.at(-1)!];
  return { runs: group.length, by: { commit, dirty, machine, first, last, begunBy } };
}
