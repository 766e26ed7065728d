/**
 * @file Accuracy as clutter and occlusion grow: without masks, with MGN's, and with masks that never
 * look at the picture. On synthetic faces, which come back with as much around them as is wanted.
 *
 *     pnpm exp clutter                  # one seed, minutes on two cores
 *     pnpm exp clutter --seeds 5        # with the spread that a conclusion needs
 */
import { clutterTable } from "@mvt/report";
import type { ClutterMask } from "@mvt/report";
import type { PlannedClassifier } from "../runs/plan.ts";
import { describeData } from "../runs/provenance.ts";
import { clutterDataset as dataset, clutterSettings, trainedLonger } from "./clutter-settings.ts";
import { tableReport, testedRuns } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";
import type { RunRequest, Setting, Workbench } from "./workbench.ts";

/** What is asked of the workbench for a row. */
const requests = (m: number): Record<ClutterMask, Pick<RunRequest, "mgn" | "control">> => ({
  none: {},
  "none-longer": {},
  mgn: { mgn: { m } },
  random: { control: { mask: "random", m } },
  ellipse: { control: { mask: "ellipse", m } },
  corners: { control: { mask: "corners", m } },
  truth: { control: { mask: "truth", m } },
});

export default {
  id: "clutter",
  seeds: 1,
  async plan(workbench, { seeds }) {
    const { m } = workbench.scale.clutter;
    const rows = await Promise.all(
      clutterSettings(workbench.scale).map((setting) => planRows(workbench, setting, seeds)),
    );
    return {
      data: rows.map(({ title, prepared }) => ({ ...describeData(prepared), title })),
      runs: rows.flatMap(({ masks }) => masks.flatMap(({ runs }) => runs)),
      async make({ runsFolder, provenance, select }) {
        const measured = await Promise.all(
          rows.flatMap(({ title, masks }) =>
            masks.map(async ({ mask, runs }) => ({
              dataset: title,
              kind: "synthetic" as const,
              mask,
              runs: await testedRuns(runs, runsFolder),
            })),
          ),
        );
        return tableReport("clutter", clutterTable.build(measured, provenance, { m, select }));
      },
    };
  },
} satisfies ReportDefinition;

async function planRows(workbench: Workbench, setting: Setting, seeds: readonly number[]) {
  const byMask = requests(workbench.scale.clutter.m);
  const prepared = await workbench.prepare(dataset, setting);
  const pretrained = workbench.scale.pretraining === undefined;
  const plan = (mask: ClutterMask, seed: number): Promise<PlannedClassifier> =>
    workbench.plan({
      dataset,
      seed,
      pretrained,
      setting: mask === "none-longer" ? trainedLonger(setting) : setting,
      ...byMask[mask],
    });
  const masks = Object.keys(byMask) as ClutterMask[];
  return {
    prepared,
    title: `${prepared.dataset.title}, ${setting.title}`,
    masks: await Promise.all(
      masks.map(async (mask) => ({
        mask,
        runs: await Promise.all(seeds.map((seed) => plan(mask, seed))),
      })),
    ),
  };
}
