/**
 * @file The truth beside a synthetic set: what it was drawn with, which labels are wrong, where
 * expressions are.
 *
 *     ground-truth/manifest.json      see manifest.ts
 *     ground-truth/labels.csv         id,split,true,given
 *     ground-truth/energy/<id>.png    grey, as large as the picture, in the unit of render.ts
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import type { SplitName } from "../dataset.ts";
import type { NamedFace } from "./faces.ts";
import { type Manifest, manifestText } from "./manifest.ts";

export const manifestPath = (folder: string) => join(folder, "ground-truth", "manifest.json");

/** Where a face's energy goes; undefined where the manifest does not ask for it. */
export function energyPath(folder: string, manifest: Manifest, split: SplitName, id: string) {
  const wanted = manifest.energy === "all" || manifest.energy === split;
  return wanted ? { energyPath: join(folder, "ground-truth", "energy", `${id}.png`) } : {};
}

/** Makes the folders, and writes everything but the energies. */
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
