/** @file How much the studies on synthetic faces draw and how long they train, at each scale. */
import { fromScratch, scales, smallMgn } from "../settings/scales.ts";
import type { ScaleName, SyntheticCounts, TrainingSettings } from "../settings/scales.ts";

export interface ScaledStudy extends TrainingSettings {
  readonly counts: SyntheticCounts;
}

/** A study at every scale. What it finds out depends on `quick`; the other two are the same for all studies. */
export function studyByScale(quick: ScaledStudy): Readonly<Record<ScaleName, ScaledStudy>> {
  return {
    smoke: {
      counts: { train: 300, test: 100 },
      training: { ...fromScratch, epochs: 4, tests: "at-end" },
      mgn: { ...smallMgn, epochs: 1 },
    },
    quick,
    paper: {
      counts: { train: 12_271, test: 3068 },
      training: scales.paper.training,
      mgn: scales.paper.mgn,
    },
  };
}
