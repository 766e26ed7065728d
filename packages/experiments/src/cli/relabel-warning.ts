/** @file A warning where relabelling changes many labels although the classifier has hardly learnt them. */
import { percent } from "@mvt/common";
import type { PlannedClassifier, PlannedRun } from "../runs/planned-run.ts";
import { labelledRuns } from "../studies/label-rows.ts";

/** More changed labels than this share are suspicious: data sets of this field have 10 to 30 % wrong labels. */
const many = 0.2;
/** Far below the training accuracy of about 90 % that the paper asks for (section 4.3). */
const low = 0.75;

/** One sentence for each data set with such runs. */
export async function relabelWarnings(
  runs: readonly PlannedRun[],
  runsFolder: string,
): Promise<readonly string[]> {
  const relabelled = runs.filter(
    (run): run is PlannedClassifier =>
      run.config.kind === "classifier" && run.config.relabel !== undefined,
  );
  const results = await labelledRuns(relabelled, runsFolder);
  const suspicious = relabelled.flatMap(({ data }, i) => {
    const { relabel, relabelStart } = results[i]!;
    const changed = (relabel?.changed ?? 0) / data.train.rows.length;
    const { k, n } = relabelStart?.trainAccuracy ?? { k: 0, n: 1 };
    return changed > many && k / n < low
      ? [{ title: data.dataset.title, changed, accuracy: k / n }]
      : [];
  });
  return [...Map.groupBy(suspicious, ({ title }) => title)].map(([title, group]) => {
    const changed = range(group.map((run) => run.changed));
    const accuracy = range(group.map((run) => run.accuracy));
    return `warning: ${title}: relabelling changed ${changed} of the training labels in ${group.length} ${group.length === 1 ? "run" : "runs"}, and began at a training accuracy of ${accuracy}. The paper asks for about 90 %. Compare with a run without relabelling; --relabel-start and --min-train-accuracy let it begin later.`;
  });
}

/** One sentence for each data set with runs whose relabelling begins after their last epoch, so that it changes nothing. */
export function startWarnings(runs: readonly PlannedRun[]): readonly string[] {
  const late = runs.flatMap(({ config, data }) => {
    if (config.kind !== "classifier" || config.relabel === undefined) return [];
    const { startEpoch } = config.relabel;
    const { epochs } = config.training;
    return startEpoch > epochs ? [{ title: data.dataset.title, startEpoch, epochs }] : [];
  });
  return [...Map.groupBy(late, ({ title }) => title)].map(([title, group]) => {
    const { startEpoch, epochs } = group[0]!;
    return `warning: ${title}: relabelling begins in epoch ${startEpoch}, and training ends after ${epochs}: ${group.length} ${group.length === 1 ? "run trains" : "runs train"} on the labels as given. Pass --relabel-start ${Math.max(1, Math.ceil(epochs / 2))} or so, or more epochs.`;
  });
}

/** "41.2 to 45.0 %", "41.2 %" */
function range(shares: readonly number[]): string {
  const [lowest, highest] = [Math.min(...shares), Math.max(...shares)].map((share) =>
    percent(share),
  );
  return lowest === highest ? `${lowest} %` : `${lowest} to ${highest} %`;
}
