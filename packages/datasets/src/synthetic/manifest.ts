/**
 * @file What is written next to a synthetic set: the options it was drawn with, which labels are wrong, and
 * where each face shows its expression.
 *
 *     ground-truth/manifest.json      all options, enough to draw the set again
 *     ground-truth/labels.csv         id,split,true,given
 *     ground-truth/energy/<id>.png    grey, as large as the image, in the unit of render.ts
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import type { SplitName } from "../dataset.ts";
import type { Difficulty } from "./difficulty.ts";
import type { LabelNoiseKind, NamedFace } from "./faces.ts";

/** Raise it if the same options would give other files. */
export const generatorVersion = 1;

/** `ground-truth/manifest.json`. */
export interface Manifest {
  readonly format: 1;
  readonly generator: number;
  /** `SyntheticDefinition.name` */
  readonly dataset: string;
  readonly layout: string;
  readonly seed: number;
  /** Faces by split. FERPlus gets a few more rows without a usable label, as the published set has. */
  readonly counts: Readonly<Record<SplitName, number>>;
  readonly labelNoise: number;
  readonly labelNoiseKind: LabelNoiseKind;
  /** The splits whose expression energy was measured. */
  readonly energy: "none" | "test" | "all";
  readonly difficulty: Difficulty;
}

/** The text of the file. Two sets are the same if these texts are. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

export const manifestPath = (folder: string) => join(folder, "ground-truth", "manifest.json");

/** Where a face's energy is written; undefined if the manifest does not ask for it. */
export function energyPath(
  folder: string,
  { energy }: Manifest,
  split: SplitName,
  id: string,
): string | undefined {
  const wanted = energy === "all" || energy === split;
  return wanted ? join(folder, "ground-truth", "energy", `${id}.png`) : undefined;
}

/** Makes the folders and writes everything but the energies. */
export async function writeGroundTruth(
  folder: string,
  manifest: Manifest,
  faces: readonly NamedFace[],
): Promise<void> {
  await mkdir(join(folder, "ground-truth", "energy"), { recursive: true });
  const rows = faces.map(({ id, split, truth, given }) => [id, split, truth, given]);
  const table = stringify([["id", "split", "true", "given"], ...rows]);
  await writeFile(join(folder, "ground-truth", "labels.csv"), table);
  await writeFile(manifestPath(folder), manifestText(manifest));
}
