/**
 * @file Table 3: MGN and dynamic relabelling, each alone and together (section 4.3).
 *
 *     pnpm exp table3                   # synthetic faces, minutes on two cores
 *     pnpm exp table3 --data DIR --weights deit_small.safetensors
 *                                       # the paper: RAF-DB 86.67 / 87.91 / 87.45 / 88.62
 */
import type { DatasetName } from "@mvt/datasets";
import { instantiate, thresholds } from "@mvt/relabel";
import { table3 } from "@mvt/report";
import type { PlannedClassifier } from "../runs/plan.ts";
import { dataKind } from "../runs/provenance.ts";
import { paperChoices } from "./paper-choices.ts";
import { tableReport, testedRuns } from "./report-definition.ts";
import type { ReportDefinition, ReportOptions } from "./report-definition.ts";
import type { RelabelOptions, Workbench } from "./workbench.ts";

/** One of the four combinations on one data set, with every seed. */
export interface Combination {
  readonly dataset: DatasetName;
  /** m; undefined without MGN. */
  readonly mgn: number | undefined;
  readonly relabel: RelabelOptions | undefined;
  readonly runs: readonly PlannedClassifier[];
}

export default {
  id: "table3",
  async plan(workbench, options) {
    const rows = await planCombinations(workbench, options);
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, select }) {
        const measured = await Promise.all(
          rows.map(async ({ mgn, relabel, runs }) => ({
            dataset: runs[0]!.data.dataset.title,
            kind: dataKind(runs[0]!.data.dataset),
            mgn,
            relabel: relabel && {
              name: relabel.threshold.name,
              parameters: relabel.threshold.parameters,
              plugin: false,
            },
            runs: await testedRuns(runs, runsFolder),
          })),
        );
        return tableReport("table3", table3(measured, provenance, { select }));
      },
    };
  },
} satisfies ReportDefinition;

/**
 * Neither, MGN, relabelling, both: with the m and the f that the paper settles on. The latter two are left
 * out where it does not relabel.
 */
export async function planCombinations(
  workbench: Workbench,
  { datasets, seeds, relabel: common, pretrained }: ReportOptions,
): Promise<readonly Combination[]> {
  return Promise.all(
    datasets
      .flatMap((dataset) => {
        const { m, f } = paperChoices[dataset];
        const alone = [
          { dataset, mgn: undefined, relabel: undefined },
          { dataset, mgn: m, relabel: undefined },
        ];
        if (f === undefined) return alone;
        const threshold = instantiate<string>(thresholds[f], {});
        const relabel = { ...common, spec: f, threshold };
        return [...alone, { dataset, mgn: undefined, relabel }, { dataset, mgn: m, relabel }];
      })
      .map(async ({ dataset, mgn: m, relabel }) => {
        const request = {
          dataset,
          pretrained,
          ...(m === undefined ? {} : { mgn: { m } }),
          ...(relabel ? { relabel } : {}),
        };
        const runs = await Promise.all(seeds.map((seed) => workbench.plan({ ...request, seed })));
        return { dataset, mgn: m, relabel, runs };
      }),
  );
}
