/**
 * @file The study of clutter: accuracy as clutter and occlusion grow, without masks, with MGN's, and with masks that
 * do not depend on the image. On synthetic faces, small and off the centre, whose clutter can be chosen.
 *
 *     pnpm exp clutter                  # one seed, minutes on two cores
 *     pnpm exp clutter --seeds 5        # with the spread that a conclusion needs
 */
import { clutterTable } from "@mvt/report/tables/clutter-table";
import type { ClutterMask } from "@mvt/report/tables/clutter-table";
import { fromScratch, smallAugmentation, smallMgn } from "../settings/scales.ts";
import type { Scale } from "../settings/scales.ts";
import type { ClassifierSpec, Planner, StudySetting } from "./planner.ts";
import { tableReport, testedRuns } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";
import { studyByScale } from "./scaled-study.ts";

const dataset = "raf-db";

/** The share of the image to be removed. Of 36 patches a share of 0.15 would be 5, too few to matter. */
const m = 0.5;

/**
 * How classifiers and mask generators train: from scratch, unless --weights names a file. At `quick` on so few faces
 * that a classifier memorises their surroundings, and long enough that it does. The generator trains longer than in the
 * tables, with rates that fall to zero, against a discriminator that learns faster.
 */
const byScale = studyByScale({
  counts: { train: 500, test: 1000 },
  training: { ...fromScratch, epochs: 80, augmentation: smallAugmentation, tests: "at-end" },
  mgn: {
    ...smallMgn,
    epochs: 60,
    learningRate: { discriminator: 1e-3, generator: 1e-3 },
    decay: "cosine",
  },
});

/** Clutter also draws other people's faces: on each side with half its probability. */
const levels = [
  { clutter: 0, occlusion: 0 },
  { clutter: 0.5, occlusion: 0 },
  { clutter: 0.5, occlusion: 0.5 },
];

/** The settings of the study at a scale, from no clutter to clutter with occlusion. */
export function clutterSettings({ name, synthetic }: Scale): readonly StudySetting[] {
  const { counts, training, mgn } = byScale[name];
  return levels.map(({ clutter, occlusion }) => ({
    title: `clutter ${clutter}, occlusion ${occlusion}`,
    dataset,
    synthetic: {
      seed: synthetic.seed,
      difficulty: "crowd",
      knobs: { clutter, bystanders: clutter / 2, occlusion },
      labelNoise: 0,
      counts: { ...synthetic.counts, [dataset]: counts },
    },
    training,
    mgn,
  }));
}

/** The same with a classifier that trains for twice the epochs: longer than classifier and generator together. */
function trainedLonger(setting: StudySetting): StudySetting {
  const { training } = setting;
  return {
    ...setting,
    title: `${setting.title}, twice the epochs`,
    training: { ...training, epochs: 2 * training.epochs },
  };
}

/** How the classifier of a row is masked. */
const rows: Readonly<Record<ClutterMask, Pick<ClassifierSpec, "mgn" | "control">>> = {
  none: {},
  "none-longer": {},
  mgn: { mgn: { m } },
  random: { control: { mask: "random", m } },
  ellipse: { control: { mask: "ellipse", m } },
  corners: { control: { mask: "corners", m } },
  truth: { control: { mask: "truth", m } },
};

export default {
  seeds: 1,
  settings: clutterSettings,
  async plan(planner, { seeds }) {
    const planned = await Promise.all(
      clutterSettings(planner.request.scale).map((setting) => planRows(planner, setting, seeds)),
    );
    return {
      data: planned.map(({ title, description }) => ({ ...description, title })),
      runs: planned.flatMap(({ masks }) => masks.flatMap(({ runs }) => runs)),
      async make({ runsFolder, provenance, select, formats }) {
        const measured = await Promise.all(
          planned.flatMap(({ title, masks }) =>
            masks.map(async ({ mask, runs }) => ({
              dataset: title,
              kind: "synthetic" as const,
              mask,
              runs: await testedRuns(runs, runsFolder),
            })),
          ),
        );
        return tableReport(
          "clutter",
          clutterTable.build(measured, provenance, { m, select }),
          formats,
        );
      },
    };
  },
} satisfies ReportDefinition;

async function planRows(planner: Planner, setting: StudySetting, seeds: readonly number[]) {
  const prepared = await planner.prepare(dataset, setting);
  // From scratch where the scale pre-trains itself, on faces that are too much alike.
  const pretrained = planner.request.scale.pretraining === undefined;
  return {
    description: await planner.describe(dataset, setting),
    title: `${prepared.dataset.title}, ${setting.title}`,
    masks: await Promise.all(
      (Object.keys(rows) as ClutterMask[]).map(async (mask) => ({
        mask,
        runs: await Promise.all(
          seeds.map((seed) =>
            planner.classifier({
              dataset,
              seed,
              pretrained,
              setting: mask === "none-longer" ? trainedLonger(setting) : setting,
              ...rows[mask],
            }),
          ),
        ),
      })),
    ),
  };
}
