/**
 * @file The record of what was asked for. The parsed options are the record; the scale, the pre-trained weights and the
 * engine are opened here, once.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CommandLineError, UserError } from "@mvt/common";
import { backbones, defaultBackbone, deit, withBackbone } from "@mvt/core";
import type { BackboneConfig, BackboneName } from "@mvt/core";
import { createPreparedSets } from "../data/prepared-sets.ts";
import type { PreparedSets } from "../data/prepared-sets.ts";
import { openEngine } from "../engine/engine.ts";
import type { EngineRequest, OpenedEngine } from "../engine/engine.ts";
import { officialPath } from "../pretrained/official.ts";
import { readPretrainedFile } from "../pretrained/weights-file.ts";
import type { PretrainedFile } from "../pretrained/weights-file.ts";
import { listedSetting } from "../settings/setting-lists.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { recipeTitle } from "../settings/recipes.ts";
import type { RecipeName } from "../settings/recipes.ts";
import { scaleNames, scaleWith } from "../settings/scales.ts";
import type { Scale, ScaleName } from "../settings/scales.ts";
import { defaultCheckpoints, parseInterval } from "../training/checkpoint-policy.ts";
import type { CheckpointPolicy } from "../training/checkpoint-policy.ts";
import { createPlanner } from "../studies/planner.ts";
import type { Planner } from "../studies/planner.ts";
import type { ArgsOf } from "./command.ts";
import { describeWeights } from "./describe-weights.ts";
import { readNoise } from "./noise.ts";
import type { trainingOptions } from "./options.ts";
import { say } from "./messages.ts";
import { createProgress } from "./progress.ts";
import type { Progress } from "./progress.ts";
import { waits } from "./waiting.ts";
import { requireWritable } from "./writable.ts";

type TrainingArgs = ArgsOf<typeof trainingOptions>;

/** Everything that a command which trains works with. */
export interface TrainingSession {
  readonly planner: Planner;
  readonly sets: PreparedSets;
  readonly engine: OpenedEngine;
  readonly progress: Progress;
  readonly runsFolder: string;
  readonly checkpoints: CheckpointPolicy;
}

/** Opens what the options name; what is wrong with them is found here, before anything is drawn or trained. */
export async function openTraining(
  args: TrainingArgs,
  check: (scale: Scale) => Promise<void> = async () => {},
): Promise<TrainingSession> {
  waits(args);
  requireSingleValues(args.set);
  const checkpoints = checkpointsOf(args);
  const scale = scaleOf(args);
  const weights = await weightsOf(args, scale);
  const noise = await readNoise(args);
  await check(scale);
  const runsFolder = await requireWritable("runs", args.runs);
  const engine = await openEngine(args satisfies EngineRequest, scale);
  const progress = createProgress();
  const pretrained = args.weights !== "none";
  const request = { ...args, scale, weights, noise, pretrained, changes: changesOf(args) };
  const sets = createPreparedSets(request, progress);
  const planner = createPlanner(request, sets);
  return { planner, sets, engine, progress, runsFolder, checkpoints };
}

/** Throws a CommandLineError for a list of values, of which `train` alone makes one run each before it comes here. */
function requireSingleValues(assignments: readonly string[]): void {
  const listed = listedSetting(assignments);
  if (listed === undefined) return;
  throw new CommandLineError(
    `--set ${listed}: expected one value, got a list. Name one, or train runs that differ in it with \`pnpm exp train\`, which makes a table of them.`,
  );
}

/** When runs write checkpoints, and how many they keep. */
export function checkpointsOf(
  args: Pick<TrainingArgs, "checkpointEvery" | "keepCheckpoints">,
): CheckpointPolicy {
  const every = parseInterval(args.checkpointEvery);
  return { every, keep: args.keepCheckpoints, apart: defaultCheckpoints.apart };
}

/** What sets the titles of runs apart: the recipe, unless it is the default, and the settings of --set. */
export function changesOf({
  recipe,
  set,
}: {
  readonly recipe: RecipeName;
  readonly set: readonly string[];
}): readonly string[] {
  return [...recipeTitle(recipe), ...set];
}

/**
 * The scale asked for, by default `quick`, or `paper` on real data; with the network of --backbone, --size and
 * --pooling and the settings of --recipe and, on top of them, of --set.
 */
export function scaleOf(args: {
  readonly scale?: ScaleName;
  readonly data?: string;
  readonly backbone?: BackboneName;
  readonly size?: deit.Variant;
  readonly pooling?: deit.Pooling;
  readonly heads?: number;
  readonly imageSize?: number;
  readonly recipe?: RecipeName;
  readonly set?: readonly string[];
}): Scale {
  const name = args.scale ?? (args.data === undefined ? "quick" : "paper");
  const scale = scaleWith(name, args.set ?? [], args.recipe);
  const base = args.size === undefined ? scale.model : deit.variants[args.size];
  const network = withBackbone(base, args.backbone ?? defaultBackbone);
  // Without the key for the default, so that run ids stay.
  const model = args.pooling === "average" ? { ...network, pooling: args.pooling } : network;
  const sized = args.imageSize === undefined ? model : withImageSize(model, args.imageSize);
  return { ...scale, model: args.heads === undefined ? sized : withHeads(sized, args.heads) };
}

/**
 * The scale at which to look for the data of a finished run: that of --scale, by default the one that the run recorded, with
 * the run's own image size. Another scale than the recorded one keeps its size, which tells at once that the data differ.
 *
 * Throws a UserError, before anything is drawn, where the data are real and --data does not name them. `advice`: what else
 * can be done then.
 */
export async function scaleOfRun(
  run: RunFolder,
  { data: { kind, dataset }, model: { imageSize } }: RunConfig,
  args: Parameters<typeof scaleOf>[0],
  advice = "Name it.",
): Promise<Scale> {
  if (kind === "real" && args.data === undefined) {
    throw new UserError(
      `run ${run.id}: expected --data with the folder of the real ${dataset} images it was trained on, got none`,
      { advice },
    );
  }
  const recorded = (await run.result())?.madeBy?.scale;
  const name = args.scale ?? scaleNames.find((known) => known === recorded);
  const scale = scaleOf({ ...args, scale: name });
  if (recorded !== undefined && recorded !== scale.name) return scale;
  return { ...scale, model: { ...scale.model, imageSize } };
}

/** The same network for images of another size, which are a whole number of patches. */
function withImageSize(model: BackboneConfig, imageSize: number): BackboneConfig {
  const { patchSize } = model;
  if (imageSize % patchSize === 0) return { ...model, imageSize };
  const below = Math.max(1, Math.floor(imageSize / patchSize)) * patchSize;
  throw new CommandLineError(
    `--image-size ${imageSize}: expected a multiple of the patch size, which is ${patchSize} at this scale, such as ${below} or ${below + patchSize}.`,
  );
}

/** The same network with another number of attention heads, which share its width. */
function withHeads(model: BackboneConfig, heads: number): BackboneConfig {
  const { width } = model;
  if (width % heads === 0) return { ...model, heads };
  throw new CommandLineError(
    `--heads ${heads}: expected a divisor of the width, which is ${width} at this scale. Its own number is ${model.heads}.`,
  );
}

/**
 * The file of --weights, at scale paper the official one where it was fetched; undefined where the scale pre-trains
 * itself or training starts from scratch. What was loaded and what was not goes to stderr.
 */
async function weightsOf(
  { weights, weightsKey, weightsNormalization, weightsAbout }: TrainingArgs,
  { name, pretraining, model }: Scale,
): Promise<PretrainedFile | undefined> {
  const usesFile =
    weights !== "none" && (weights !== undefined || (name === "paper" && !pretraining));
  for (const [flag, value] of [
    ["--weights-key", weightsKey],
    ["--weights-normalization", weightsNormalization],
    ["--weights-about", weightsAbout],
  ] as const) {
    if (value === undefined || usesFile) continue;
    const what = flag === "--weights-about" ? "which it describes" : "which it says how to read";
    throw new CommandLineError(
      `${flag} ${value}: expected a file of --weights, ${what}, got none. Name one, or leave ${flag} out.`,
    );
  }
  if (weights === "none") return undefined;
  if (weights === undefined && (name !== "paper" || pretraining !== undefined)) return undefined;
  const { backbone = defaultBackbone } = model;
  if (weights === undefined && backbone !== defaultBackbone) {
    throw new CommandLineError(
      `--weights: expected a file of pre-trained ${backbones[backbone].title} weights for --backbone ${backbone} at scale paper, got none. Pass one, or \`--weights none\` to train from scratch.`,
    );
  }
  const path = weights === undefined ? officialPath() : resolve(weights);
  if (weights === undefined && !existsSync(path)) {
    throw new CommandLineError(
      `--weights: expected a file of pre-trained DeiT-S weights at scale paper, got none. Get the official one with \`pnpm exp weights fetch\`, pass one of your own, or \`--weights none\` to train from scratch.`,
    );
  }
  const options = {
    ...(weightsKey !== undefined && { key: weightsKey }),
    ...(weightsNormalization === "half" && { normalization: weightsNormalization }),
  };
  const file = await readPretrainedFile(path, model, options, weightsAbout);
  say(describeWeights(file).join("\n"));
  return file;
}
