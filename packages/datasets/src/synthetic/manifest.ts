/**
 * @file What a synthetic set was drawn with; kept beside it, and enough to draw it again.
 */
import type { DatasetName, SplitName } from "../dataset.ts";
import type { DrawnName } from "./classes.ts";
import type { Difficulty } from "./difficulty.ts";
import type { LabelNoiseKind } from "./label-noise.ts";

/** To be raised whenever the same parameters give other files. */
export const generatorVersion = 1;

/** Data sets that can be drawn. */
export type SyntheticName = Exclude<DatasetName, "custom">;

/** The layouts that can be written, the default first. */
export const layouts = {
  "raf-db": ["official", "kaggle"],
  ferplus: ["csv", "folders"],
  "affectnet-8": ["npy", "csv"],
} as const satisfies Record<DrawnName, readonly string[]>;

export type SyntheticLayout = (typeof layouts)[DrawnName][number];

/** Faces by split. FERPlus gets a few rows more that carry no usable label, as the real one has. */
export type Counts = Readonly<Record<SplitName, number>>;

/** `ground-truth/manifest.json`. */
export interface Manifest {
  readonly format: 1;
  readonly generator: number;
  readonly dataset: DrawnName;
  readonly layout: SyntheticLayout;
  readonly seed: number;
  readonly counts: Counts;
  readonly labelNoise: number;
  readonly labelNoiseKind: LabelNoiseKind;
  /** The splits whose expression energy was measured. */
  readonly energy: "none" | "test" | "all";
  readonly difficulty: Difficulty;
}

/** The text of the file; two sets are the same where their texts are. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
