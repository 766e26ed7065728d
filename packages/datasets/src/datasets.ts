/** @file The data sets: one record, which names, titles, loaders, checks, help and the command line read. */
import { join } from "node:path";
import { affectnet7, affectnet8 } from "./affectnet/load.ts";
import { custom } from "./custom/load.ts";
import type { DatasetContents, GroundTruth } from "./dataset.ts";
import type { DatasetDefinition } from "./definition.ts";
import type { SkippedImage } from "./images/skip-unreadable.ts";
import { ferplus } from "./ferplus/load.ts";
import { rafDb } from "./raf-db/load.ts";
import type { SyntheticDefinition } from "./synthetic/definition.ts";

const definitions = {
  "raf-db": rafDb,
  ferplus,
  "affectnet-7": affectnet7,
  "affectnet-8": affectnet8,
  custom,
} as const satisfies Readonly<Record<string, DatasetDefinition>>;

type Definitions = typeof definitions;
export type DatasetName = keyof Definitions;

/** A data set that synthetic faces can be written as. */
export type SyntheticName = {
  [Name in DatasetName]: Definitions[Name] extends { readonly synthetic: SyntheticDefinition }
    ? Name
    : never;
}[DatasetName];

/** A layout in which synthetic faces can be written. */
export type SyntheticLayout = Definitions[SyntheticName]["synthetic"]["layouts"][number];

/** Every data set by its name. */
export const datasets: Readonly<Record<DatasetName, DatasetDefinition>> = definitions;

export const datasetNames = Object.keys(definitions) as [DatasetName, ...DatasetName[]];

/** The data sets that synthetic faces can be written as. */
export const syntheticNames = datasetNames.filter(isSynthetic);

/** Every layout in which some data set's synthetic faces can be written. */
export const syntheticLayouts = [
  ...new Set(syntheticNames.flatMap((name) => definitions[name].synthetic.layouts)),
] as readonly SyntheticLayout[];

/** Whether synthetic faces can be written as this data set. */
export function isSynthetic(name: DatasetName): name is SyntheticName {
  return datasets[name].synthetic !== undefined;
}

/** A data set that was loaded. */
export interface Dataset extends DatasetContents {
  readonly name: DatasetName;
  /** As the paper prints it: "RAF-DB". */
  readonly title: string;
  readonly folder: string;
  /** What is known beyond the files' labels; only for synthetic data. */
  readonly groundTruth?: GroundTruth;
  /** Images that were left out because they cannot be read; absent if none were. */
  readonly skipped?: readonly SkippedImage[];
}

/** Where a data set lies in the folder that holds all of them: "DIR/raf-db". AffectNet has one for both names. */
export function datasetFolder(dataFolder: string, name: DatasetName): string {
  return join(dataFolder, datasets[name].folder);
}
