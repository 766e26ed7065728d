/** @file Some runs of a plan, to be trained without the others. */
import { listFirst, UserError } from "@mvt/common";
import type { RunConfig } from "../settings/run-config.ts";
import type { PlannedRun, RunPlan } from "./planned-run.ts";

/**
 * The plan of those runs alone whose ids begin with the `prefixes`. A chosen run hands its beginning over to others as it
 * does in the whole plan; one whose beginning a run that is not chosen trains goes on from it if that was handed over
 * already, else it trains its own.
 *
 * @throws UserError for a prefix that not just one of the plan's runs has, and for a run that uses one which is neither
 *   finished nor chosen
 */
export function chosenPlan<Config extends RunConfig>(
  plan: RunPlan<Config>,
  prefixes: readonly string[],
): RunPlan<Config> {
  const chosen = new Set(prefixes.map((prefix) => idOf(plan, prefix)));
  const missing = plan.missing.filter(({ id }) => chosen.has(id));
  const unfinished = new Set(plan.missing.map(({ id }) => id));
  for (const run of missing) {
    const lacking = run.after.find(({ id }) => unfinished.has(id) && !chosen.has(id));
    if (lacking !== undefined) throw usesUnfinished(run, lacking);
  }
  const used = new Set(missing.flatMap((run) => run.after.map(({ id }) => id)));
  return {
    wanted: plan.wanted.filter(({ id }) => chosen.has(id)),
    needed: plan.needed.filter(({ id }) => chosen.has(id) || used.has(id)),
    missing,
    shared: new Map([...plan.shared].filter(([, { trunk }]) => chosen.has(trunk.id))),
  };
}

/** The id of the plan's run that begins with `prefix`. */
function idOf({ needed }: RunPlan, prefix: string): string {
  const found = needed.filter(({ id }) => id.startsWith(prefix));
  if (found.length === 1) return found[0]!.id;
  const got =
    found.length === 0
      ? `none in ${needed.length}`
      : listFirst(
          found.map(({ id }) => id),
          5,
        );
  throw new UserError(
    `--only-runs ${prefix}: expected the beginning of the id of one of this command's runs, got ${got}`,
    {
      advice:
        "--plan lists them. Options, data and the version of this program decide on their ids.",
    },
  );
}

function usesUnfinished(run: PlannedRun, used: PlannedRun): UserError {
  return new UserError(
    `${run.title} (run ${run.id}): not trained, because it uses ${used.title} (run ${used.id}), which is not finished`,
    { advice: `Train that one first, with --only-runs ${used.id}.` },
  );
}

/** Throws a UserError that names the missing runs, if there are any. */
export function requireFinished({ needed, missing }: RunPlan): void {
  if (missing.length === 0) return;
  const lines = missing.map(({ id, title }) => `${id}  ${title}`);
  throw new UserError(
    [
      `--no-train: expected ${needed.length} finished runs, found ${missing.length} that are not. Repeat the command without --no-train to train them.`,
      ...lines,
    ].join("\n"),
  );
}
