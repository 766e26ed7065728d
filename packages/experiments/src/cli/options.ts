/** @file The options that several commands share, each declared once. */
import { CommandLineError } from "@mvt/common";
import {
  customLayouts,
  datasetNames,
  datasets,
  defaultFerplusProtocol,
  ferplusLabels,
  ferplusProtocols,
  ferplusTrains,
  imageStorages,
  noiseKindNames,
  noiseKinds,
} from "@mvt/datasets";
import type { DatasetName, FerplusProtocol } from "@mvt/datasets";
import { maskForms } from "@mvt/mgn";
import type { MaskFormName } from "@mvt/mgn";
import { policyDefaults, predictionSources, references } from "@mvt/relabel";
import type { PredictionSource, Reference } from "@mvt/relabel";
import { skipLimit } from "../data/prepared-sets.ts";
import { backendNames, deviceNames } from "../engine/engine.ts";
import {
  checkpointUnits,
  defaultCheckpoints,
  parseInterval,
} from "../training/checkpoint-policy.ts";
import { defaultRecipe, recipeNames, recipes } from "../settings/recipes.ts";
import { scaleNames } from "../settings/scales.ts";
import { settingPaths, settings } from "../settings/training.ts";
import { isShare, wholeFrom } from "./command.ts";
import { networkOptions, training } from "./network-options.ts";

/** "raf-db/, ferplus/, affectnet/, custom/": the folders of all data sets. */
export const datasetFolders = [
  ...new Set(Object.values(datasets).map(({ folder }) => `${folder}/`)),
].join(", ");

const data = "Data:";
const engine = "Engine:";
const relabelling = "Relabelling:";
const labelNoise = "Label noise:";
export const output = "Output:";

export const scaleOption = {
  choices: scaleNames,
  group: training,
  describe: "model, image size, epochs, image counts and seeds [default: quick; paper with --data]",
} as const;

export const runsOption = {
  type: "string",
  default: "runs",
  group: output,
  describe: "folder of all runs",
} as const;

/** How the files of a data set are read. */
export const layoutOptions = {
  "ferplus-protocol": {
    choices: Object.keys(ferplusProtocols) as FerplusProtocol[],
    default: defaultFerplusProtocol,
    group: data,
    describe: "how FERPlus votes become labels",
  },
  "ferplus-train": {
    choices: ferplusTrains,
    default: "train",
    group: data,
    describe: "the splits of FERPlus to train on",
  },
  "ferplus-labels": {
    choices: ferplusLabels,
    default: "votes",
    group: data,
    describe:
      "training labels of FERPlus: its votes, or the labels of FER2013, of which the votes tell the wrong ones",
  },
  classes: {
    type: "string",
    group: data,
    describe: "classes of custom data: NAME=EXPRESSION,... or a JSON file with the same",
  },
  "custom-layout": {
    choices: customLayouts,
    group: data,
    describe: "layout of custom data [default: csv where there is a labels.csv]",
  },
  "custom-title": { type: "string", group: data, describe: "name of custom data in reports" },
} as const;

const imagesOption = {
  choices: imageStorages,
  group: data,
  describe:
    "decode images once into memory, or from their files for every batch; results are the same [default: memory if they take at most half of it]",
} as const;

const skipOption = {
  type: "string",
  group: data,
  check: (text: string) => void skipLimit(text),
  describe:
    "N or PERCENT%: leave out images of --data that cannot be read, if there are no more [default: stop at the first]",
} as const;

const verifyOption = {
  type: "boolean",
  default: false,
  group: data,
  describe:
    "read and hash every image, also those whose files are as they were when an earlier command did",
} as const;

/** Which data, and how they are read. */
export const dataOptions = {
  scale: scaleOption,
  data: {
    type: "string",
    group: data,
    describe: `folder that holds ${datasetFolders} [default: synthetic faces]`,
  },
  ...layoutOptions,
  images: imagesOption,
  "skip-unreadable": skipOption,
  "verify-data": verifyOption,
} as const;

/** Which finished run, and which of its weights. */
export const finishedRunOptions = {
  run: {
    type: "string",
    demandOption: true,
    suggest: "run",
    describe: "the beginning of a run's id",
  },
  weights: {
    choices: ["validation-best", "last"],
    default: "validation-best",
    describe: "which of the run's weights",
  },
} as const;

export const engineOptions = {
  backend: {
    choices: backendNames,
    default: "onnx",
    group: engine,
    describe: "ONNX Runtime or TensorFlow.js",
  },
  device: {
    choices: deviceNames,
    group: engine,
    describe:
      "where to compute; auto is a GPU if there is one [default: cpu; auto to train at scale paper]",
  },
  threads: {
    type: "number",
    check: wholeFrom(1),
    group: engine,
    describe:
      "threads of the engine for each run [default: 1 to train at scales smoke and quick, else one per core]",
  },
  sessions: {
    type: "number",
    check: wholeFrom(1),
    group: engine,
    describe:
      "micro-batches that the CPU computes at once; 1 takes the least memory [default: one per thread, at most 4]",
  },
} as const;

/** What happens with runs that another command trains at the same time. */
export const waitingOptions = {
  wait: {
    type: "boolean",
    group: training,
    describe: "wait for runs that another command trains, and use them [default: yes]",
  },
  "no-wait": {
    type: "boolean",
    group: training,
    describe: "do not wait for them: they fail, and the other runs are trained",
  },
} as const;

/** What every command that trains takes. */
export const trainingOptions = {
  ...dataOptions,
  runs: runsOption,
  ...engineOptions,
  jobs: {
    type: "number",
    check: wholeFrom(1),
    group: engine,
    describe: "runs that train at once [default: one per core at scales smoke and quick, else 1]",
  },
  ...waitingOptions,
  "checkpoint-every": {
    type: "string",
    default: defaultCheckpoints.every as string,
    check: (text: string) => void parseInterval(text),
    group: training,
    describe: `when a run writes a checkpoint, besides the ends of its epochs: ${Object.values(checkpointUnits).join("; ")}`,
  },
  "keep-checkpoints": {
    type: "number",
    default: defaultCheckpoints.keep as number,
    check: wholeFrom(1),
    group: training,
    describe: "how many of a run's checkpoints are kept: the newest that is whole is gone on from",
  },
  ...networkOptions,
  recipe: {
    choices: recipeNames,
    default: defaultRecipe,
    group: training,
    describe: `named settings of training, of which --set changes one; ${recipeNames.map((name) => `${name}: ${recipes[name].about}`).join("; ")}`,
  },
  set: {
    type: "string",
    suggest: settingPaths(settings).map((path) => `${path}=`),
    array: true,
    default: [] as string[],
    group: training,
    describe:
      "PATH=VALUE: change one setting, such as epochs=20; repeatable; a wrong PATH lists all of them",
  },
  "mask-form": {
    choices: Object.keys(maskForms) as MaskFormName[],
    default: "soft" as MaskFormName,
    group: training,
    describe: `form of the masks; ${Object.entries(maskForms)
      .map(([name, { about }]) => `${name}: ${about}`)
      .join("; ")}`,
  },
  plan: {
    type: "boolean",
    default: false,
    group: output,
    describe: "print the runs, the device and an estimate, and stop",
  },
  separate: {
    type: "boolean",
    default: false,
    group: relabelling,
    describe:
      "train every run from its first epoch; by default, runs that differ only in relabelling share the epochs before it, with the same results",
  },
  delta: {
    type: "number",
    default: policyDefaults.delta as number,
    check: isDelta,
    group: relabelling,
    describe: "δ of Eq. 6",
  },
  reference: {
    choices: Object.keys(references) as Reference[],
    default: policyDefaults.reference as Reference,
    group: relabelling,
    describe:
      "the label whose probability is P_gt: the current one, or the one in the data set's files",
  },
  predictions: {
    choices: Object.keys(predictionSources) as PredictionSource[],
    default: policyDefaults.predictions as PredictionSource,
    group: relabelling,
    describe: `the probabilities that Eq. 6 decides on; ${Object.entries(predictionSources)
      .map(([name, about]) => `${name}: ${about}`)
      .join("; ")}`,
  },
  "relabel-start": {
    type: "number",
    check: wholeFrom(1),
    group: relabelling,
    describe: "first epoch that relabels [default: the scale's]",
  },
  "min-train-accuracy": {
    type: "number",
    check: isShare,
    group: relabelling,
    describe:
      "relabel only after an epoch whose training accuracy on the original labels is at least this, such as 0.9; with mixup it is that of the mixed images, which is lower",
  },
  noise: {
    type: "number",
    check: isShare,
    group: labelNoise,
    describe:
      "share of training labels to make wrong, such as 0.2; drawn faces then have no other wrong labels [default: labels as they are]",
  },
  "noise-kind": {
    choices: noiseKindNames,
    group: labelNoise,
    describe: `what wrong labels become [default: symmetric]; ${Object.entries(noiseKinds)
      .map(([name, { about }]) => `${name}: ${about}`)
      .join("; ")}`,
  },
  "noise-seed": {
    type: "number",
    check: wholeFrom(0),
    group: labelNoise,
    describe: "seed of the noise, the same for every run [default: 0]",
  },
  "noise-matrix": {
    type: "string",
    group: labelNoise,
    describe: "CSV file of what each class is taken for, for pair and confusable",
  },
  "noise-from": {
    type: "string",
    suggest: "run",
    group: labelNoise,
    describe:
      "beginning of the id of a finished run: its confusions for pair and confusable, its probabilities for instance",
  },
  "noise-list": {
    type: "string",
    group: labelNoise,
    describe:
      "list of training labels instead, one a line: train_00001.jpg 5, in the numbers of the data set",
  },
  "validation-labels": {
    choices: ["noisy", "clean"],
    group: labelNoise,
    describe: "whether validation labels have the noise of the training labels [default: noisy]",
  },
} as const;

function isDelta(value: number): void {
  if (value >= 0 && value < 1) return;
  throw new CommandLineError(`--delta ${value}: expected a number from 0 to below 1.`);
}

/** "raf-db,ferplus" as names; each must be known. */
export function parseDatasets(list: string): readonly DatasetName[] {
  return parseNames("datasets", list, datasetNames);
}

/** Names separated by commas, each out of `known`. Throws a CommandLineError that names `flag`. */
export function parseNames<Name extends string>(
  flag: string,
  list: string,
  known: readonly Name[],
): readonly Name[] {
  return list.split(",").map((name) => {
    const found = known.find((one) => one === name.trim());
    if (found === undefined) {
      throw new CommandLineError(
        `--${flag} ${list}: expected names out of ${known.join(", ")}, got ${name}. Separate them by commas.`,
      );
    }
    return found;
  });
}
