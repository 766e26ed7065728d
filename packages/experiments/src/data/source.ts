/** @file Where a data set comes from: the user's folder, or faces drawn for the scale. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  datasetFolder,
  difficulties,
  generatorVersion,
  loadDataset,
  synthesize,
} from "@mvt/datasets";
import type { Dataset, DatasetName, FerplusOptions } from "@mvt/datasets";
import { canonicalJson } from "../config.ts";
import type { SyntheticSpec } from "../scales.ts";
import { UsageError } from "../usage-error.ts";

export interface DataOptions {
  /** Holds raf-db/ and ferplus/; synthetic data is drawn if absent. */
  readonly folder?: string;
  /** Where synthetic data is kept. */
  readonly syntheticFolder: string;
  readonly ferplus: FerplusOptions;
  /** Called before faces are drawn, which takes seconds. */
  readonly onDraw?: (title: string) => void;
}

/** The user's data set, or the synthetic one of `spec`, drawn first if it is not there yet. */
export async function openDataset(
  name: DatasetName,
  spec: SyntheticSpec,
  options: DataOptions,
): Promise<Dataset> {
  const { folder, ferplus } = options;
  const load = (from: string) => loadDataset(name, from, ferplus);
  if (folder === undefined) return load(await drawDataset(name, spec, options));
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new UsageError(
      `--data ${folder}: expected a folder that holds ${name}/, found none. Check the path, or leave --data out to use synthetic faces.`,
    );
  }
  return load(datasetFolder(folder, name));
}

/** Draws a synthetic set unless it is there, and returns its folder. */
async function drawDataset(
  name: DatasetName,
  { seed, difficulty, labelNoise, counts }: SyntheticSpec,
  { syntheticFolder, onDraw }: DataOptions,
): Promise<string> {
  const knobs = difficulties[difficulty];
  const recipe = { generatorVersion, seed, knobs, labelNoise, counts: counts[name] };
  const hash = createHash("sha256").update(canonicalJson(recipe)).digest("hex").slice(0, 8);
  const folder = join(syntheticFolder, `${name}-${difficulty}-${hash}`);
  const exists = await stat(folder).then(
    () => true,
    () => false,
  );
  if (!exists) onDraw?.(`${counts[name].train + counts[name].test} synthetic ${name} faces`);
  await synthesize({ dataset: name, folder, seed, difficulty, labelNoise, counts: counts[name] });
  return folder;
}
