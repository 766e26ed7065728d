/**
 * @file Table 5: MGN with relabelling on test faces that are occluded or turned (section 4.4), counted
 * in the answers that each run has left for the whole test set: no image is shown again.
 *
 *     pnpm exp table5                   # synthetic faces, minutes on two cores
 *     pnpm exp table5 --data DIR --weights deit_small.safetensors
 *                                       # the paper: 85.17 / 87.99 / 88.40
 */
import { readSubsets } from "@mvt/datasets";
import type { Dataset } from "@mvt/datasets";
import { table5 } from "@mvt/report";
import type { SubsetRun } from "@mvt/report";
import type { PlannedClassifier } from "../runs/plan.ts";
import { openRun } from "../runs/store.ts";
import { readPredictions } from "../training/predictions-csv.ts";
import { countSubset } from "../training/subset-counts.ts";
import type { TestSubset } from "../training/subset-counts.ts";
import { UnavailableError } from "../usage-error.ts";
import { describeRow, planBest } from "./combinations.ts";
import { resultOf, tableReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

export type ReadSubsets = (dataset: Dataset) => Promise<readonly TestSubset[]>;

export default defineTable5(readSubsets);

/** The table over the subsets that `read` finds; a data set without any is left out. */
export function defineTable5(read: ReadSubsets): ReportDefinition {
  return {
    id: "table5",
    async plan(workbench, options) {
      const lists = await Promise.all(
        options.datasets.map(async (dataset) => {
          const { dataset: found } = await workbench.prepare(dataset);
          // A list may name none of the images: those of AffectNet's second distribution have other names.
          const subsets = (await read(found)).filter(({ ids }) => ids.length > 0);
          return { dataset, title: found.title, subsets };
        }),
      );
      const datasets = lists.filter(({ subsets }) => subsets.length > 0);
      if (datasets.length === 0) {
        throw new UnavailableError(
          `table5: expected lists of occluded and turned test faces, found none for ${lists.map(({ title }) => title).join(" and ")}. Name a data set that has them by --datasets, or leave this table out.`,
        );
      }
      const best = await planBest(workbench, {
        ...options,
        datasets: datasets.map(({ dataset }) => dataset),
      });
      const rows = best.flatMap((row, i) =>
        datasets[i]!.subsets.map((subset) => ({ ...row, subset })),
      );
      return {
        runs: best.flatMap(({ runs }) => runs),
        async make({ runsFolder, provenance }) {
          const measured = await Promise.all(
            rows.map(async (row) => ({
              ...describeRow(row),
              subset: row.subset,
              runs: await Promise.all(row.runs.map((run) => countRun(run, row.subset, runsFolder))),
            })),
          );
          return tableReport("table5", table5.build(measured, provenance));
        },
      };
    },
  };
}

async function countRun(
  run: PlannedClassifier,
  subset: TestSubset,
  runsFolder: string,
): Promise<SubsetRun> {
  const { id, seed, validation } = await resultOf(run, runsFolder);
  const answers = await readPredictions(openRun(runsFolder, id));
  return { id, seed, epoch: validation.epoch, ...countSubset(answers, subset) };
}
