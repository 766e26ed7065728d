/** @file The runs of every table, figure and study at scale paper, planned as the commands plan them, from counts alone. */
import { subsetNames } from "@mvt/datasets";
import { policyDefaults } from "@mvt/relabel";
import { planRuns } from "../src/runs/planned-run.ts";
import type { RunPlan } from "../src/runs/planned-run.ts";
import { scales } from "../src/settings/scales.ts";
import { createPlanner } from "../src/studies/planner.ts";
import type { PlanRequest } from "../src/studies/planner.ts";
import { reportNames, reports } from "../src/studies/index.ts";
import type { ReportName } from "../src/studies/index.ts";
import type { ReportDefinition } from "../src/studies/report-definition.ts";
import { defineTable5 } from "../src/studies/table5.ts";
import { countedPreparedSets } from "./counted-sets.ts";
import type { CountedName } from "./counted-sets.ts";

/** A command whose cost is told. */
export interface CostedCommand {
  /** "table2 --datasets affectnet-7" */
  readonly command: string;
  readonly reports: readonly ReportName[];
  readonly datasets: readonly CountedName[];
  /** Faces are drawn, whose true masks are known. */
  readonly drawn: boolean;
}

const paper = reportNames.filter((name) => reports[name].paper);
const both = ["raf-db", "ferplus"] as const;
const drawnOnly: readonly ReportName[] = ["masks", "mask-factors", "clutter"];

/** Of each report with the data sets that it has by default, of all of the paper, and of AffectNet where it asks for much. */
export const costedCommands: readonly CostedCommand[] = [
  ...reportNames.map((name) => ({
    command: name,
    reports: [name],
    datasets: name === "recipe" || name === "noise" ? (["raf-db"] as const) : both,
    drawn: drawnOnly.includes(name),
  })),
  { command: "all", reports: paper, datasets: both, drawn: false },
  ...(["affectnet-7", "affectnet-8"] as const).flatMap((dataset) =>
    (["table1", "table2", "table4"] as const).map((name) => ({
      command: `${name} --datasets ${dataset}`,
      reports: [name],
      datasets: [dataset],
      drawn: false,
    })),
  ),
];

/** The file of pre-trained weights that --data asks for: of a plan, only its hash matters. */
const weights: NonNullable<PlanRequest["weights"]> = {
  source: "deit_small.safetensors",
  lineage: { file: "deit_small.safetensors", sha256: "0".repeat(64) },
  sha256: "0".repeat(64),
  options: {},
  weights: new Map(),
  report: {
    format: "safetensors",
    names: "timm",
    loaded: [],
    skipped: [],
    startsAnew: [],
    otherEntries: [],
  },
};

/** The runs of a command that finds none finished. `separate`: each trains its own beginning. */
export async function planCommand(
  { reports: names, datasets, drawn }: CostedCommand,
  { seeds, separate }: { readonly seeds: number; readonly separate: boolean },
): Promise<RunPlan> {
  const request: PlanRequest = {
    scale: scales.paper,
    data: drawn ? undefined : "counts",
    ferplusProtocol: "argmax-10",
    ferplusTrain: "train",
    ferplusLabels: "votes",
    weights,
    pretrained: true,
    maskForm: "soft",
    delta: policyDefaults.delta,
    reference: policyDefaults.reference,
  };
  const planner = createPlanner(request, countedPreparedSets(request));
  const asked = { datasets, seeds: Array.from({ length: seeds }, (_, i) => i), thresholds: [] };
  const definitions = await Promise.all(names.map(definitionOf));
  const plans = await Promise.all(definitions.map(({ plan }) => plan(planner, asked)));
  return planRuns(
    plans.flatMap(({ runs }) => runs),
    "no such folder",
    separate,
  );
}

/** Table 5 counts what its lists name in predictions that the runs make of every test image, whatever the lists are. */
async function definitionOf(name: ReportName): Promise<ReportDefinition> {
  if (name !== "table5") return reports[name].load();
  const listed = subsetNames.map((subset) => ({
    name: subset,
    title: subset,
    ids: [""],
    notes: [],
  }));
  return defineTable5(() => Promise.resolve(listed));
}
