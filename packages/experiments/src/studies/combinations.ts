/** @file MGN and relabelling, each alone and together, with the m and f that the paper chooses. */
import type { DatasetName } from "@mvt/datasets";
import { instantiate, thresholds } from "@mvt/relabel";
import type { ThresholdLabel } from "@mvt/report";
import type { Table4Row } from "@mvt/report/tables/table4";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { dataKind } from "../runs/provenance.ts";
import { paperChoices } from "./paper-choices.ts";
import { testedRuns } from "./report-definition.ts";
import type { ReportRequest } from "./report-definition.ts";
import type { NamedThreshold, Planner } from "./planner.ts";

/** One combination on one data set, with every seed. */
export interface Combination {
  readonly dataset: DatasetName;
  /** m; undefined without MGN. */
  readonly mgn: number | undefined;
  readonly relabel: NamedThreshold | undefined;
  readonly runs: readonly PlannedClassifier[];
}

type Modules = Pick<Combination, "mgn" | "relabel">;

/** Neither, MGN, relabelling, both; where the paper does not relabel, the first two. */
export async function planCombinations(
  planner: Planner,
  request: ReportRequest,
): Promise<readonly Combination[]> {
  return planEach(planner, request, ({ mgn, relabel }) => [
    { mgn: undefined, relabel: undefined },
    { mgn, relabel: undefined },
    ...(relabel
      ? [
          { mgn: undefined, relabel },
          { mgn, relabel },
        ]
      : []),
  ]);
}

/** All that the paper uses on each data set, which is what Tables 4 and 5 and Figure 6 show. */
export async function planBest(
  planner: Planner,
  request: ReportRequest,
): Promise<readonly Combination[]> {
  return planEach(planner, request, (all) => [all]);
}

async function planEach(
  planner: Planner,
  { datasets, seeds }: ReportRequest,
  combine: (all: Modules) => readonly Modules[],
): Promise<readonly Combination[]> {
  return Promise.all(
    datasets
      .flatMap((dataset) => {
        const { m, f } = paperChoices[dataset];
        const relabel =
          f === undefined
            ? undefined
            : { spec: f, threshold: instantiate<string>(thresholds[f], {}) };
        return combine({ mgn: m, relabel }).map((modules) => ({ dataset, ...modules }));
      })
      .map(async ({ dataset, mgn: m, relabel }) => {
        const mgn = m === undefined ? undefined : { m };
        const runs = await Promise.all(
          seeds.map((seed) => planner.classifier({ dataset, seed, mgn, relabel })),
        );
        return { dataset, mgn: m, relabel, runs };
      }),
  );
}

/** Finished combinations as Tables 3 and 4 take them. */
export function measuredRows(
  rows: readonly Combination[],
  runsFolder: string,
): Promise<readonly Table4Row[]> {
  return Promise.all(
    rows.map(async (row) => ({
      ...describeRow(row),
      runs: await testedRuns(row.runs, runsFolder),
    })),
  );
}

/** What was trained on what, as reports name it. */
export function describeRow(row: Combination): Omit<Table4Row, "runs"> {
  const { dataset } = row.runs[0]!.data;
  return {
    dataset: dataset.title,
    kind: dataKind(dataset),
    mgn: row.mgn,
    relabel: thresholdLabelOf(row),
  };
}

/** The paper's own functions are no plugins. */
function thresholdLabelOf({ relabel }: Combination): ThresholdLabel | undefined {
  return (
    relabel && {
      name: relabel.threshold.name,
      parameters: relabel.threshold.parameters,
      plugin: false,
    }
  );
}
