/** @file Where a data set comes from: the user's folder, or faces drawn for the scale. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  DatasetError,
  datasetFolder,
  datasets,
  difficulties,
  generatorVersion,
  isSynthetic,
  loadDataset,
  readClasses,
  synthesize,
} from "@mvt/datasets";
import type {
  CustomLayout,
  Dataset,
  DatasetName,
  FerplusOptions,
  LoadOptions,
  SyntheticName,
} from "@mvt/datasets";
import { canonicalJson } from "../config.ts";
import type { SyntheticSpec } from "../scales.ts";
import { CommandLineError, UsageError } from "../usage-error.ts";

/** What the flags say of custom data. */
export interface CustomFlags {
  /** "angry=anger,happy=happiness", or the path of a JSON file. */
  readonly classes: string;
  readonly layout?: CustomLayout | undefined;
  readonly title?: string | undefined;
}

export interface DataOptions {
  /** Holds raf-db/, ferplus/, affectnet/ or custom/; synthetic data is drawn if absent. */
  readonly folder?: string;
  /** Where synthetic data is kept. */
  readonly syntheticFolder: string;
  readonly ferplus: FerplusOptions;
  readonly custom?: CustomFlags;
  /** Called before faces are drawn, which takes seconds. */
  readonly onDraw?: (title: string) => void;
}

/** The user's data set, or the synthetic one of `spec`, drawn first if it is not there yet. */
export async function openDataset(
  name: DatasetName,
  spec: SyntheticSpec,
  options: DataOptions,
): Promise<Dataset> {
  const { folder } = options;
  const load = async (from: string) => loadDataset(name, from, await loadOptions(name, options));
  if (folder === undefined) {
    if (isSynthetic(name)) return load(await drawDataset(name, spec, options));
    throw new UsageError(
      `${name}: expected a folder of your own data, found none. Pass --data with the folder that holds ${datasetFolder("", name)}/.`,
    );
  }
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new UsageError(
      `--data ${folder}: expected a folder that holds ${datasetFolder("", name)}/, found none. Check the path, or leave --data out to use synthetic faces.`,
    );
  }
  return load(datasetFolder(folder, name));
}

/** How a data set is to be read. A mapping of classes is read only where it is needed. */
export async function loadOptions(
  name: DatasetName,
  { ferplus, custom }: Pick<DataOptions, "ferplus" | "custom">,
): Promise<LoadOptions> {
  if (!datasets[name].options?.includes("custom") || custom === undefined) return ferplus;
  try {
    return { ...ferplus, custom: { ...custom, classes: await readClasses(custom.classes) } };
  } catch (error) {
    // Of a text on the command line, not of a file that it names.
    if (!(error instanceof DatasetError) || !error.message.startsWith("classes:")) throw error;
    throw new CommandLineError(`--${error.message}`);
  }
}

/** Draws a synthetic set unless it is there, and returns its folder. */
async function drawDataset(
  name: SyntheticName,
  { seed, difficulty, knobs: changed, labelNoise, counts }: SyntheticSpec,
  { syntheticFolder, onDraw }: DataOptions,
): Promise<string> {
  const knobs = { ...difficulties[difficulty], ...changed };
  const recipe = { generatorVersion, seed, knobs, labelNoise, counts: counts[name] };
  const hash = createHash("sha256").update(canonicalJson(recipe)).digest("hex").slice(0, 8);
  const set = basename(datasetFolder("", name)); // one of AffectNet for both names
  const folder = join(syntheticFolder, `${set}-${difficulty}-${hash}`);
  const exists = await stat(folder).then(
    () => true,
    () => false,
  );
  if (!exists) onDraw?.(`${counts[name].train + counts[name].test} synthetic ${name} faces`);
  await synthesize({
    dataset: name,
    folder,
    seed,
    difficulty: knobs,
    labelNoise,
    counts: counts[name],
  });
  return folder;
}
