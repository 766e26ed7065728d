/**
 * @file Runs that begin alike: until one of them relabels, runs that differ only in relabelling are the same training.
 * It is done once, and the others branch from its checkpoint.
 */
import { groupBy } from "@mvt/common";
import { canonicalJson } from "../settings/run-config.ts";
import type { PlannedRun } from "./planned-run.ts";

/** The beginning of a run that another run trains for it. */
export interface SharedBeginning {
  /** The run that trains it. */
  readonly trunk: PlannedRun;
  /** The run that goes on from there. */
  readonly branch: PlannedRun;
  /** How many epochs are the same. */
  readonly epochs: number;
}

/**
 * The beginnings that `missing` runs share, by the id of the run that does not train its own. Of the runs that differ
 * only in relabelling, the trunk is the one that relabels last, or not at all.
 */
export function sharedBeginnings(
  missing: readonly PlannedRun[],
): ReadonlyMap<string, SharedBeginning> {
  const classifiers = missing.filter(({ config }) => config.kind === "classifier");
  const groups = groupBy(classifiers, ({ config }) =>
    canonicalJson({ ...config, relabel: undefined }),
  );
  const shared = new Map<string, SharedBeginning>();
  for (const group of groups.values()) {
    const trunk = group.reduce((a, b) => (sameEpochs(b) > sameEpochs(a) ? b : a));
    for (const run of group) {
      const epochs = Math.min(sameEpochs(run), run.config.training.epochs);
      if (run !== trunk && epochs > 0) shared.set(run.id, { trunk, branch: run, epochs });
    }
  }
  return shared;
}

/** How many epochs are as they would be without relabelling. */
function sameEpochs({ config }: PlannedRun): number {
  if (config.kind !== "classifier" || config.relabel === undefined) return Infinity;
  return config.relabel.startEpoch - 1;
}
