/**
 * @file The settings of the study of clutter: the same faces, small and off the middle, with ever more
 * around and in front of them.
 */
import type { Scale } from "../settings/scales.ts";
import type { Setting } from "./planner.ts";

/** Whose layout and classes the faces have. */
export const clutterDataset = "raf-db";

/** Clutter brings other people's faces, too: on each side with half its probability. */
const levels = [
  { clutter: 0, occlusion: 0 },
  { clutter: 0.5, occlusion: 0 },
  { clutter: 0.5, occlusion: 0.5 },
];

export function clutterSettings({ synthetic, clutter: study }: Scale): readonly Setting[] {
  return levels.map(({ clutter, occlusion }) => ({
    title: `clutter ${clutter}, occlusion ${occlusion}`,
    synthetic: {
      seed: synthetic.seed,
      difficulty: "crowd",
      knobs: { clutter, bystanders: clutter / 2, occlusion },
      labelNoise: 0,
      counts: { ...synthetic.counts, [clutterDataset]: study.counts },
    },
    training: study.training,
    mgn: study.mgn,
  }));
}

/** The same with a classifier that trains twice as long: as long as with a generator, and more. */
export function trainedLonger(setting: Setting): Setting {
  const { training } = setting;
  return {
    ...setting,
    title: `${setting.title}, twice the epochs`,
    training: { ...training, epochs: 2 * training.epochs },
  };
}
