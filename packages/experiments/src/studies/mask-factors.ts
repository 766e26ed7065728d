/**
 * @file The study of what makes masks depend on the image and not on the position alone, measured against the ground
 * truth of synthetic faces: from still faces and the paper's small m to moving faces and an m near the share of the
 * image that does not matter, then one change of training each. `pnpm exp masks` measures the paper's setting.
 *
 *     pnpm exp mask-factors               # one seed, some five minutes on two cores
 *     pnpm exp mask-factors --seeds 5     # with the spread that a conclusion needs
 */
import { masksTable } from "@mvt/report/tables/masks-table";
import { measureRuns } from "../masks/measure-run.ts";
import { fromPretrained, smallMgn } from "../settings/scales.ts";
import type { Scale } from "../settings/scales.ts";
import type { MgnTrainingConfig } from "../settings/training.ts";
import type { StudySetting } from "./planner.ts";
import { tableReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";
import { studyByScale } from "./scaled-study.ts";

const dataset = "raf-db";

/** How classifiers and mask generators train; what a factor changes comes on top. */
const byScale = studyByScale({
  counts: { train: 2000, test: 500 },
  training: { ...fromPretrained, epochs: 30, tests: "at-end" },
  mgn: { ...smallMgn, epochs: 10 },
});

/** As many faces and as much clutter as in the tables. */
const knobs = {
  still: {},
  moving: { clutter: 0.5, bystanders: 0, occlusion: 0.25 },
} as const;

interface Factor {
  readonly title: string;
  readonly faces: keyof typeof knobs;
  readonly m: number;
  /** What differs from the training of the scale's generators. */
  readonly mgn?: Partial<MgnTrainingConfig>;
}

const factors: readonly Factor[] = [
  { title: "still faces", faces: "still", m: 0.15 },
  { title: "still faces, m = 60 %", faces: "still", m: 0.6 },
  { title: "moving faces", faces: "moving", m: 0.15 },
  { title: "moving faces, m = 60 %", faces: "moving", m: 0.6 },
  {
    title: "and a discriminator that learns faster",
    faces: "moving",
    m: 0.6,
    mgn: { learningRate: { discriminator: 1e-3, generator: 3e-3 } },
  },
  { title: "and rates that fall to zero", faces: "moving", m: 0.6, mgn: { decay: "cosine" } },
  { title: "and saturation 0.02", faces: "moving", m: 0.6, mgn: { saturation: 0.02 } },
];

/** The settings of the study at a scale, with the m of each. */
export function maskFactors({
  name,
  synthetic,
}: Scale): readonly { readonly m: number; readonly setting: StudySetting }[] {
  const { counts, training, mgn } = byScale[name];
  return factors.map(({ title, faces, m, mgn: changed }) => ({
    m,
    setting: {
      title,
      dataset,
      synthetic: {
        seed: synthetic.seed,
        difficulty: faces === "moving" ? "moving" : synthetic.difficulty,
        knobs: knobs[faces],
        labelNoise: 0,
        counts: { ...synthetic.counts, [dataset]: counts },
      },
      training,
      mgn: { ...mgn, ...changed },
    },
  }));
}

export default {
  seeds: 1,
  settings: (scale) => maskFactors(scale).map(({ setting }) => setting),
  async plan(planner, { seeds }) {
    const rows = await Promise.all(
      maskFactors(planner.request.scale).map(async ({ m, setting }) => {
        const prepared = await planner.prepare(dataset, setting);
        const runs = await Promise.all(
          seeds.map((seed) => planner.maskGenerator({ dataset, seed, m, setting })),
        );
        const description = await planner.describe(dataset, setting);
        const title = `${prepared.dataset.title}, ${setting.title}`;
        return { m, prepared, description, runs, title };
      }),
    );
    return {
      data: rows.map(({ title, description }) => ({ ...description, title })),
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, backend, formats }) {
        const measured = await measureRuns(rows, { runsFolder, backend });
        const title = "What makes masks depend on the image";
        return tableReport(
          "mask-factors",
          masksTable.build(measured, provenance, { title }),
          formats,
        );
      },
    };
  },
} satisfies ReportDefinition;
