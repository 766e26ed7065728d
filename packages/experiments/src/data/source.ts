/** @file Where a data set comes from: the user's folder, or faces drawn for the scale. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { CommandLineError, listFirst, printable, UserError } from "@mvt/common";
import { removeLeftOvers } from "@mvt/common/files";
import {
  DatasetError,
  datasetFolder,
  datasets,
  difficulties,
  generatorVersion,
  isSynthetic,
  leftOutReasons,
  loadDataset,
  readClasses,
  synthesize,
} from "@mvt/datasets";
import type {
  CustomOptions,
  Dataset,
  DatasetName,
  FerplusLabels,
  FerplusProtocol,
  FerplusTrain,
  FileHashes,
  ImageStorage,
  DatasetOptions,
  SyntheticName,
} from "@mvt/datasets";
import { canonicalJson } from "../settings/run-config.ts";
import type { Scale, SyntheticSpec } from "../settings/scales.ts";

/** How the files of a data set are to be read, by the names of the options. */
export interface LayoutRequest {
  readonly ferplusProtocol: FerplusProtocol;
  readonly ferplusTrain: FerplusTrain;
  readonly ferplusLabels: FerplusLabels;
  /** Of custom data: "angry=anger,happy=happiness", or the path of a JSON file. */
  readonly classes?: string;
  readonly customLayout?: CustomOptions["layout"];
  readonly customTitle?: string;
  /** What labels without their image are: an error, or samples for the check to count. */
  readonly missing?: DatasetOptions["missing"];
}

/** The data that were asked for, by the names of the options. */
export interface DataRequest extends LayoutRequest {
  /** Its image size, and what is drawn where no data are given. */
  readonly scale: Scale;
  /** The folder that holds raf-db/, ferplus/, affectnet/ or custom/; synthetic faces if absent. */
  readonly data?: string;
  /** Where decoded images are kept; chosen by their size if absent. No result depends on it. */
  readonly images?: ImageStorage;
  /** Read every file, also those that are as they were when an earlier command hashed them. */
  readonly verifyData?: boolean;
  /** How many images of `data` may be left out because they cannot be read: "5", "0.1%". None if absent. */
  readonly skipUnreadable?: string;
}

export interface DrawOptions {
  /** Where synthetic data are kept. */
  readonly syntheticFolder: string;
  /** Called before faces are drawn, which takes seconds. */
  readonly onDraw?: (title: string) => void;
  /** Called with what a reader of the results must know of the user's files. */
  readonly onNote?: (line: string) => void;
  /** What is known of the files in a data set's folder; if absent, its labels are read. */
  readonly filesOf?: (folder: string) => Promise<FileHashes>;
}

/** Opens the user's data set, or the synthetic one of `spec`, which is drawn first if it is not there yet. */
export async function openDataset(
  name: DatasetName,
  spec: SyntheticSpec,
  request: Omit<DataRequest, "scale" | "images" | "skipUnreadable">,
  options: DrawOptions,
): Promise<Dataset> {
  const { data } = request;
  const { filesOf } = options;
  if (data === undefined) {
    if (isSynthetic(name)) {
      return loadFrom(await drawDataset(name, spec, options), name, request, filesOf);
    }
    throw new UserError(
      `${name}: expected a folder of your own data, found none. Pass --data with the folder that holds ${datasetFolder("", name)}/.`,
    );
  }
  await requireDataFolder(name, data);
  const dataset = await loadFrom(datasetFolder(data, name), name, request, filesOf);
  for (const line of notesOn(dataset)) options.onNote?.(line);
  return dataset;
}

/** What the loader left out of the user's folder, but for what systems leave there, and what else it noted. */
function notesOn({ title, leftOut = [], notes = [] }: Dataset): readonly string[] {
  const counted = leftOut.filter(({ reason }) => reason !== "junk");
  return [
    ...counted.map(
      ({ reason, count, names }) =>
        `${title}: left out: ${leftOutReasons[reason]}: ${count} (${listFirst(names.map(printable), 3)}${count > names.length ? ", ..." : ""})`,
    ),
    ...notes.map((note) => `${title}: note: ${printable(note)}`),
  ];
}

/** Throws a UserError unless `data`, as `--data` names it, is a folder. */
export async function requireDataFolder(name: DatasetName, data: string): Promise<void> {
  const found = await stat(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new UserError(
      `--data ${data}: expected a folder that holds ${datasetFolder("", name)}/, found one that may not be read (${error.code}). Give yourself permission to read it, or name another one.`,
    );
  });
  if (found?.isDirectory() !== true) {
    throw new UserError(
      `--data ${data}: expected a folder that holds ${datasetFolder("", name)}/, found none. Check the path, or leave --data out to use synthetic faces.`,
    );
  }
}

/** Loads the data set that lies in `folder` itself. */
export async function loadFrom(
  folder: string,
  name: DatasetName,
  request: LayoutRequest,
  filesOf?: DrawOptions["filesOf"],
): Promise<Dataset> {
  const options = await loadOptions(name, request);
  return loadDataset(name, folder, { ...options, files: await filesOf?.(folder) });
}

/** How the data set is to be read. A mapping of classes is read only for custom data. */
async function loadOptions(name: DatasetName, request: LayoutRequest): Promise<DatasetOptions> {
  const {
    ferplusProtocol,
    ferplusTrain,
    ferplusLabels,
    missing,
    classes,
    customLayout: layout,
    customTitle: title,
  } = request;
  const common = { ferplusProtocol, ferplusTrain, ferplusLabels, missing };
  if (!datasets[name].options?.includes("custom") || classes === undefined) return common;
  try {
    return { ...common, custom: { classes: await readClasses(classes), layout, title } };
  } catch (error) {
    // An error about the text on the command line, not about a file that it names.
    if (!(error instanceof DatasetError) || !error.message.startsWith("classes:")) throw error;
    throw new CommandLineError(`--${error.message}`);
  }
}

/** Draws a synthetic set unless it is there, and returns its folder. */
async function drawDataset(
  name: SyntheticName,
  { seed, difficulty, knobs: changed, labelNoise, counts }: SyntheticSpec,
  { syntheticFolder, onDraw }: DrawOptions,
): Promise<string> {
  const knobs = { ...difficulties[difficulty], ...changed };
  const recipe = { generatorVersion, seed, knobs, labelNoise, counts: counts[name] };
  const hash = createHash("sha256").update(canonicalJson(recipe)).digest("hex").slice(0, 8);
  const set = basename(datasetFolder("", name)); // AffectNet's two names share one set
  const folder = join(syntheticFolder, `${set}-${difficulty}-${hash}`);
  const exists = await stat(folder).then(
    () => true,
    () => false,
  );
  await removeLeftOvers(syntheticFolder);
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
