/** @file What made the runs that a report is about, as they recorded it themselves. */
import { groupBy } from "@mvt/common";
import type { TrainedRuns } from "@mvt/report";
import { canonicalJson } from "../settings/run-config.ts";
import type { MadeBy } from "./origin.ts";
import { openRun } from "./run-folder.ts";

/** Groups finished runs by version and machine; those that recorded none come last. */
export async function trainedRuns(
  ids: Iterable<string>,
  runsFolder: string,
): Promise<readonly TrainedRuns[]> {
  const results = await Promise.all(
    [...new Set(ids)].map((id) => openRun(runsFolder, id).result()),
  );
  const made = results.map((result) => result?.madeBy);
  const known = made.filter((by) => by !== undefined);
  const groups = groupBy(known, ({ commit, dirty, machine }) =>
    canonicalJson([commit, dirty, machine]),
  );
  const described = [...groups.values()]
    .map(describe)
    .toSorted((a, b) => (a.by!.first < b.by!.first ? -1 : 1));
  const unknown = made.length - known.length;
  return unknown === 0 ? described : [...described, { runs: unknown }];
}

function describe(group: readonly MadeBy[]): TrainedRuns {
  const dates = group.map(({ date }) => date).toSorted();
  const { commit, dirty, machine } = group[0]!;
  const others = group.flatMap(({ before = [] }) => before.map((other) => other.commit));
  const begunBy = [...new Set(others)].filter((other) => other !== commit);
  const [first, last] = [dates[0]!, dates.at(-1)!];
  return { runs: group.length, by: { commit, dirty, machine, first, last, begunBy } };
}
