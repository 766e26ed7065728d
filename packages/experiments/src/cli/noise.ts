/** @file Reads what the options of label noise ask for; what is wrong with them is found before anything is drawn. */
import { CommandLineError, UserError } from "@mvt/common";
import { noiseKinds, readLabelList, readNoiseMatrix } from "@mvt/datasets";
import type { Expression, NoiseKind } from "@mvt/datasets";
import { readPredictions } from "../runs/predictions.ts";
import { findRun, readConfig } from "../runs/run-folder.ts";
import type { NoiseRequest, NoiseSource } from "../studies/plan-labels.ts";

/** The options, by their names. */
export interface NoiseArgs {
  readonly noise?: number;
  readonly noiseKind?: NoiseKind;
  readonly noiseSeed?: number;
  readonly noiseMatrix?: string;
  readonly noiseFrom?: string;
  readonly noiseList?: string;
  readonly runs: string;
}

/** The noise that is asked for, if any. Throws UserError for options that do not fit each other, and for a wrong file or run. */
export async function readNoise(args: NoiseArgs): Promise<NoiseRequest | undefined> {
  const { noise: rate, noiseKind: kind = "symmetric", noiseSeed: seed = 0 } = args;
  if (args.noiseList !== undefined) return readList(args.noiseList, args);
  const details = detailsOf(args);
  if (rate === undefined) {
    const given = Object.entries(details).find(([, value]) => value !== undefined);
    if (given === undefined) return undefined;
    throw new CommandLineError(
      `--${given[0]}: expected --noise with it, got none. Add the rate, such as --noise 0.2.`,
    );
  }
  requireFitting(kind, args);
  const { noiseMatrix, noiseFrom, runs } = args;
  return {
    kind,
    rate,
    seed,
    ...(noiseMatrix !== undefined && { matrix: await readNoiseMatrix(noiseMatrix) }),
    ...(noiseFrom !== undefined && { from: await finishedSource(runs, noiseFrom) }),
  };
}

/** The options that say more of --noise, by their flags. */
function detailsOf({ noiseKind, noiseSeed, noiseMatrix, noiseFrom }: NoiseArgs) {
  return {
    "noise-kind": noiseKind,
    "noise-seed": noiseSeed,
    "noise-matrix": noiseMatrix,
    "noise-from": noiseFrom,
  };
}

async function readList(path: string, args: NoiseArgs): Promise<NoiseRequest> {
  const others = Object.entries({ noise: args.noise, ...detailsOf(args) });
  const given = others.find(([, value]) => value !== undefined);
  if (given !== undefined) {
    throw new CommandLineError(
      `--noise-list: expected no --${given[0]} with it, got both. A list says every label; leave one of them out.`,
    );
  }
  return { kind: "list", list: await readLabelList(path) };
}

function requireFitting(kind: NoiseKind, { noiseMatrix, noiseFrom }: NoiseArgs): void {
  const { uses } = { uses: undefined, ...noiseKinds[kind] };
  if (noiseMatrix !== undefined && uses !== "matrix") {
    throw new CommandLineError(
      `--noise-matrix: expected --noise-kind pair or confusable with it, got ${kind}. Leave it out, or name one of them.`,
    );
  }
  if (noiseFrom !== undefined && uses === undefined) {
    throw new CommandLineError(
      `--noise-from: expected --noise-kind pair, confusable or instance with it, got ${kind}. Leave it out, or name one of them.`,
    );
  }
  if (noiseMatrix !== undefined && noiseFrom !== undefined) {
    throw new CommandLineError(
      "--noise-matrix and --noise-from: expected one of them, got both. Each says what a class is taken for.",
    );
  }
  if (uses === "probabilities" && noiseFrom === undefined) {
    throw new CommandLineError(
      `--noise-kind ${kind}: expected --noise-from with it, got none. Name a finished run, whose probabilities choose the labels.`,
    );
  }
}

/** A finished classifier whose predictions noise can be made of. */
async function finishedSource(runsFolder: string, prefix: string): Promise<NoiseSource> {
  const run = await findRun(runsFolder, prefix);
  const config = await readConfig(run);
  const refuse = (found: string) =>
    new UserError(
      `--noise-from ${prefix}: expected a finished classifier without control masks, found ${found}. \`pnpm exp runs list\` shows all runs.`,
    );
  if (config.kind !== "classifier") throw refuse("a mask generator");
  if (config.control !== undefined) throw refuse(`one with ${config.control.mask} masks`);
  if ((await run.result()) === undefined) throw refuse("one that is not finished");
  const { classes } = await readPredictions(run);
  return {
    id: run.id,
    classes: classes as readonly Expression[],
    imageSize: config.model.imageSize,
  };
}
