/**
 * @file Table 5: MGN with relabelling on test faces that are occluded or turned (section 4.4), counted
 * in the predictions that each run stored for the whole test set.
 *
 *     pnpm exp table5                   # synthetic faces, minutes on two cores
 *     pnpm exp table5 --data DIR --weights deit_small.safetensors
 *                                       # the paper: 85.17 / 87.99 / 88.40
 */
import { UserError } from "@mvt/common";
import { readSubsets } from "@mvt/datasets";
import type { Dataset, Subset } from "@mvt/datasets";
import type { Count } from "@mvt/report";
import { table5 } from "@mvt/report/tables/table5";
import type { SubsetRun } from "@mvt/report/tables/table5";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { readPredictions } from "../runs/predictions.ts";
import type { NamedPredictions } from "../runs/predictions.ts";
import { openRun } from "../runs/run-folder.ts";
import { describeRow, planBest } from "./combinations.ts";
import { resultOf, tableReport, UnavailableError } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

export type ReadSubsets = (dataset: Dataset) => Promise<readonly TestSubset[]>;

export default defineTable5(readSubsets);

/** The table over the subsets that `read` finds; a data set without any is left out. */
export function defineTable5(read: ReadSubsets): ReportDefinition {
  return {
    async plan(planner, request) {
      const lists = await Promise.all(
        request.datasets.map(async (dataset) => {
          const { dataset: found } = await planner.prepare(dataset);
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
      const best = await planBest(planner, {
        ...request,
        datasets: datasets.map(({ dataset }) => dataset),
      });
      const rows = best.flatMap((row, i) =>
        datasets[i]!.subsets.map((subset) => ({ ...row, subset })),
      );
      return {
        runs: best.flatMap(({ runs }) => runs),
        async make({ runsFolder, provenance, formats }) {
          const measured = await Promise.all(
            rows.map(async (row) => ({
              ...describeRow(row),
              subset: row.subset,
              runs: await Promise.all(row.runs.map((run) => countRun(run, row.subset, runsFolder))),
            })),
          );
          return tableReport("table5", table5.build(measured, provenance), formats);
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
  const predictions = await readPredictions(openRun(runsFolder, id));
  return { id, seed, epoch: validation.epoch, ...countSubset(predictions, subset) };
}

/** A list of test images; an image that it names twice is there twice. */
export type TestSubset = Pick<Subset, "name" | "title" | "ids" | "notes">;

export interface SubsetCounts {
  /** Lines of the list, an image as often as it is there. */
  readonly listed: Count;
  /** Each image once. */
  readonly unique: Count;
}

/** Throws a UserError where the list is empty, or names an image without a prediction. */
export function countSubset(
  { ids, labels, predicted }: NamedPredictions,
  subset: TestSubset,
): SubsetCounts {
  const places = new Map(ids.map((id, i) => [id, i]));
  const unknown = subset.ids.filter((id) => !places.has(id));
  if (subset.ids.length === 0 || unknown.length > 0) {
    const found =
      subset.ids.length === 0
        ? "an empty list"
        : `${unknown.length} that are not, such as ${unknown[0]}`;
    throw new UserError(
      `${subset.title}: expected a list of test images, found ${found}. Use the list that belongs to this data set.`,
    );
  }
  const isRight = (id: string) => predicted[places.get(id)!] === labels[places.get(id)!];
  const count = (lines: readonly string[]) => ({
    k: lines.filter(isRight).length,
    n: lines.length,
  });
  return { listed: count(subset.ids), unique: count([...new Set(subset.ids)]) };
}
