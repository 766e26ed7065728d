/** @file The flags that several commands share, and what they stand for. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { Backend } from "@mvt/core";
import {
  customLayouts,
  datasetNames,
  datasets,
  defaultFerplusProtocol,
  ferplusProtocols,
  ferplusTrains,
  imageStorages,
} from "@mvt/datasets";
import type { CustomLayout, DatasetName, FerplusProtocol } from "@mvt/datasets";
import { maskForms } from "@mvt/mgn";
import type { MaskFormName } from "@mvt/mgn";
import { policyDefaults, references } from "@mvt/relabel";
import type { Reference } from "@mvt/relabel";
import type { CustomFlags } from "../data/source.ts";
import { mgnTrainingConfig, trainingConfig } from "../config.ts";
import { backendNames, deviceNames, openBackend } from "../engine.ts";
import type { DeviceName, EngineSpec } from "../engine.ts";
import { override } from "../overrides.ts";
import { officialPath } from "../pretrained/official.ts";
import { scaleNames, scales } from "../scales.ts";
import type { Scale, ScaleName } from "../scales.ts";
import type { NamedThreshold, RelabelOptions } from "../tables/workbench.ts";
import { readPretrainedFile } from "../training/pretrained-file.ts";
import type { PretrainedFile } from "../training/pretrained-file.ts";
import { CommandLineError } from "../usage-error.ts";
import { chooseDevice } from "./device.ts";
import { summaryLines } from "./weights-lines.ts";

/** "raf-db/, ferplus/, affectnet/, custom/": the folders of all data sets. */
export const datasetFolders = [
  ...new Set(Object.values(datasets).map(({ folder }) => `${folder}/`)),
].join(", ");

export const dataOptions = {
  scale: {
    choices: scaleNames,
    describe: "model, image size, epochs, samples and seeds [default: quick; paper with --data]",
  },
  data: {
    type: "string",
    describe: `folder that holds ${datasetFolders}; without it synthetic faces`,
  },
  "ferplus-protocol": {
    choices: Object.keys(ferplusProtocols) as FerplusProtocol[],
    default: defaultFerplusProtocol,
    describe: "how FERPlus votes become labels",
  },
  "ferplus-train": {
    choices: ferplusTrains,
    default: "train" as const,
    describe: "which parts of FERPlus are trained on",
  },
  classes: {
    type: "string",
    describe: "of custom data: NAME=EXPRESSION,... or a JSON file that says what its classes mean",
  },
  "custom-layout": {
    choices: customLayouts,
    describe: "of custom data [default: csv where there is a labels.csv]",
  },
  "custom-title": { type: "string", describe: "name of custom data in reports" },
  images: {
    choices: imageStorages,
    describe:
      "decoded once into memory, or from their files for every batch; results are the same [default: memory where they take at most half of it]",
  },
} as const;

/** Which finished run, and which of its weights. */
export const finishedRunOptions = {
  run: { type: "string", demandOption: true, describe: "the beginning of a run's id" },
  weights: {
    choices: ["validation-best", "last"],
    default: "validation-best",
    describe: "which of the run's weights",
  },
} as const;

export const engineOptions = {
  backend: { choices: backendNames, default: "onnx" as const, describe: "engine" },
  device: {
    choices: deviceNames,
    describe:
      "where it computes; auto takes a GPU where there is one [default: cpu; auto to train at scale paper]",
  },
  threads: {
    type: "number",
    describe: "threads of the engine for each run [default: the scale's; one per core]",
  },
  sessions: {
    type: "number",
    describe:
      "parts of a batch that the CPU computes at once: 1 takes the least memory [default: one per thread, at most 4]",
  },
} as const;

export const runOptions = {
  ...dataOptions,
  runs: { type: "string", default: "runs", describe: "folder of all runs" },
  ...engineOptions,
  jobs: { type: "number", describe: "runs that train at once [default: the scale's]" },
  weights: {
    type: "string",
    describe:
      "pre-trained DeiT: .pth, .safetensors or .onnx; or none to train from scratch [default at scale paper: what `weights fetch` got]",
  },
  set: {
    type: "string",
    array: true,
    default: [] as string[],
    describe: "PATH=VALUE: a setting of training, such as epochs=20; repeatable",
  },
  "mask-form": {
    choices: Object.keys(maskForms) as MaskFormName[],
    default: "soft" as MaskFormName,
    describe: `form of the masks; ${Object.entries(maskForms)
      .map(([name, { about }]) => `${name}: ${about}`)
      .join("; ")}`,
  },
  plan: {
    type: "boolean",
    default: false,
    describe: "print the runs, the device and an estimate, and stop",
  },
} as const;

export interface CustomArgs {
  readonly classes?: string | undefined;
  readonly "custom-layout"?: CustomLayout | undefined;
  readonly "custom-title"?: string | undefined;
}

/** What the flags say of custom data; nothing without --classes. */
export function customFlagsOf(args: CustomArgs): { readonly custom?: CustomFlags } {
  const { classes, "custom-layout": layout, "custom-title": title } = args;
  return classes === undefined ? {} : { custom: { classes, layout, title } };
}

export const relabelOptions = {
  delta: { type: "number", default: policyDefaults.delta as number, describe: "δ of Eq. 6" },
  reference: {
    choices: Object.keys(references) as Reference[],
    default: policyDefaults.reference as Reference,
    describe: "whose probability P_gt is: the current label's or the original one's",
  },
  "relabel-start": { type: "number", describe: "first epoch that relabels [default: the scale's]" },
  "min-train-accuracy": {
    type: "number",
    describe: "relabel only once the training accuracy on the original labels reached this",
  },
} as const;

/** What the relabelling flags say, where they say something; values that cannot be are refused here. */
export function relabelOptionsOf(args: {
  readonly delta: number;
  readonly reference: Reference;
  readonly "relabel-start"?: number | undefined;
  readonly "min-train-accuracy"?: number | undefined;
}): Omit<RelabelOptions, keyof NamedThreshold> {
  const { delta, "relabel-start": startEpoch, "min-train-accuracy": minTrainAccuracy } = args;
  if (!(delta >= 0 && delta < 1)) {
    throw new CommandLineError(`--delta ${delta}: expected a number from 0 to below 1.`);
  }
  requirePositive("relabel-start", startEpoch);
  requireShare("min-train-accuracy", minTrainAccuracy);
  return {
    delta,
    reference: args.reference,
    ...(startEpoch === undefined ? {} : { startEpoch }),
    ...(minTrainAccuracy === undefined ? {} : { minTrainAccuracy }),
  };
}

/** What --set can change: settings of classifiers, and under `mgn` those of mask generators. */
const scaleSettings = trainingConfig.extend({ mgn: mgnTrainingConfig });

/** The scale asked for, by default `quick`, or `paper` on real data; with the settings of --set. */
export function scaleOf(args: {
  readonly scale?: ScaleName | undefined;
  readonly data?: string | undefined;
  readonly set?: readonly string[];
}): Scale {
  const scale = scales[args.scale ?? (args.data === undefined ? "quick" : "paper")];
  const { affectnet } = scale;
  return {
    ...scale,
    ...withSettings(scale, args.set),
    ...(affectnet ? { affectnet: withSettings(affectnet, args.set) } : {}),
  };
}

function withSettings(
  { training, mgn }: Pick<Scale, "training" | "mgn">,
  assignments: readonly string[] = [],
): Pick<Scale, "training" | "mgn"> {
  const { mgn: changedMgn, ...changed } = override(
    scaleSettings,
    { ...training, mgn },
    assignments,
  );
  return { training: changed, mgn: changedMgn };
}

/** "raf-db,ferplus" as names; each must be known. */
export function parseDatasets(list: string): readonly DatasetName[] {
  return list.split(",").map((name) => {
    const known = datasetNames.find((dataset) => dataset === name.trim());
    if (known === undefined) {
      throw new CommandLineError(
        `--datasets ${list}: expected names out of ${datasetNames.join(", ")}, got ${name}. Separate them by commas.`,
      );
    }
    return known;
  });
}

/** Seeds 0 .. count - 1. */
export function seedsOf(count: number): readonly number[] {
  requirePositive("seeds", count);
  return Array.from({ length: count }, (_, seed) => seed);
}

export function requirePositive(flag: string, value: number | undefined): void {
  requireWhole(flag, value, 1);
}

/** Throws unless the value is absent or a whole number of at least `least`. */
export function requireWhole(flag: string, value: number | undefined, least: number): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= least)) {
    throw new CommandLineError(`--${flag} ${value}: expected a whole number of at least ${least}.`);
  }
}

export function requireShare(flag: string, value: number | undefined): void {
  if (value !== undefined && !(value >= 0 && value <= 1)) {
    throw new CommandLineError(
      `--${flag} ${value}: expected a share from 0 to 1, such as 0.9 for 90 %.`,
    );
  }
}

/** An engine, and how the work is spread over the machine's cores. */
export interface Engine {
  readonly backend: Backend;
  /** What opens the same engine again, in the worker of each run. */
  readonly spec: EngineSpec;
  /** Runs that train at once. */
  readonly jobs: number;
}

export interface EngineArgs extends Pick<EngineSpec, "backend"> {
  readonly device?: DeviceName | undefined;
  readonly threads?: number | undefined;
  readonly sessions?: number | undefined;
}

/**
 * The engine of the flags. By default small models train on the CPU, one per core; large ones on a GPU where
 * there is one, else with all cores. On a GPU one run trains at a time.
 */
export async function engineOf(
  args: EngineArgs & { readonly jobs?: number | undefined },
  { smallModel }: Scale,
): Promise<Engine> {
  requirePositive("threads", args.threads);
  requirePositive("jobs", args.jobs);
  const cores = availableParallelism();
  const { backend } = args;
  if (backend === "tfjs" && (args.jobs ?? 1) > 1) {
    throw new CommandLineError(
      `--jobs ${args.jobs}: expected 1 with --backend tfjs, because TensorFlow's addon serves one thread.`,
    );
  }
  const device = await chooseDevice(args.device ?? (smallModel ? undefined : "auto"), backend);
  const sideBySide =
    smallModel && args.threads === undefined && backend === "onnx" && device.device === "cpu";
  const jobs = args.jobs ?? (sideBySide ? cores : 1);
  const threads = args.threads ?? (smallModel ? 1 : Math.max(1, Math.floor(cores / jobs)));
  const spec = { backend, ...device, threads, ...sessionsOf(args, device) };
  return { backend: await openBackend(spec), spec, jobs };
}

/** The backend that the flags name, for commands that use it alone. */
export async function backendOf(args: EngineArgs): Promise<Backend> {
  const { backend, threads = availableParallelism() } = args;
  requirePositive("threads", threads);
  const device = await chooseDevice(args.device, backend);
  return openBackend({ backend, ...device, threads, ...sessionsOf(args, device) });
}

/** Throws a CommandLineError where --sessions has no meaning. */
export function sessionsOf(
  { backend, sessions }: EngineArgs,
  { device }: Pick<EngineSpec, "device">,
): Pick<EngineSpec, "sessions"> {
  if (sessions === undefined) return {};
  requirePositive("sessions", sessions);
  if (backend === "onnx" && device === "cpu") return { sessions };
  throw new CommandLineError(
    `--sessions ${sessions}: expected --backend onnx on the CPU, got ${backend} on ${device}. No other engine computes parts of a batch at once.`,
  );
}

/**
 * The file of --weights, at scale paper the official one where it was fetched; undefined where the scale
 * brings its own or training starts from scratch. What was loaded and what was not goes to stderr.
 */
export async function weightsOf(
  weights: string | undefined,
  { name, pretraining, model }: Scale,
): Promise<PretrainedFile | undefined> {
  if (weights === "none") return undefined;
  if (weights === undefined && (name !== "paper" || pretraining !== undefined)) return undefined;
  const path = weights === undefined ? officialPath() : resolve(weights);
  if (weights === undefined && !existsSync(path)) {
    throw new CommandLineError(
      `--weights: expected a file of pre-trained DeiT-S weights at scale paper, got none. Get the official one with \`pnpm exp weights fetch\`, pass one of your own, or \`--weights none\` to train from scratch.`,
    );
  }
  const file = await readPretrainedFile(path, model);
  process.stderr.write(`${summaryLines(file).join("\n")}\n`);
  return file;
}
