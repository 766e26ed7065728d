/**
 * @file The settings of `pnpm exp mask-factors`: from faces that stay where they are, under the paper's
 * small m, to faces that move, under an m near the share of the picture that does not matter; then from
 * there one change of training each.
 */
import type { MgnTrainingConfig } from "../settings/run-config.ts";
import type { Scale } from "../settings/scales.ts";
import type { Setting } from "./planner.ts";

/** Whose layout and classes the faces have. */
export const maskFactorsDataset = "raf-db";

/** As many faces, as much clutter as the tables have. */
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

/** The settings with the m of each. */
export function maskFactors({
  synthetic,
  maskFactors: study,
}: Scale): readonly { readonly m: number; readonly setting: Setting }[] {
  return factors.map(({ title, faces, m, mgn }) => ({
    m,
    setting: {
      title,
      synthetic: {
        seed: synthetic.seed,
        difficulty: faces === "moving" ? "moving" : synthetic.difficulty,
        knobs: knobs[faces],
        labelNoise: 0,
        counts: { ...synthetic.counts, [maskFactorsDataset]: study.counts },
      },
      training: study.training,
      mgn: { ...study.mgn, ...mgn },
    },
  }));
}
