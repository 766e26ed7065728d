/** @file Options that a command cannot use: refused before anything is drawn, rather than left without effect. */
import { CommandLineError } from "@mvt/common";
import { policyDefaults } from "@mvt/relabel";
import type { PredictionSource, Reference } from "@mvt/relabel";
import { defaultRecipe } from "../settings/recipes.ts";
import type { RecipeName } from "../settings/recipes.ts";
import { isOfEnvironment } from "./command.ts";
import type { ArgsOf } from "./command.ts";
import { engineOptions } from "./options.ts";
import type { trainingOptions } from "./options.ts";
import { runUses } from "../studies/run-uses.ts";
import type { RunUse } from "../studies/run-uses.ts";

/** Parsed options that have an effect only on some commands. */
interface EffectArgs {
  readonly delta?: number;
  readonly reference?: Reference;
  readonly predictions?: PredictionSource;
  readonly relabelStart?: number;
  readonly minTrainAccuracy?: number;
  readonly maskForm?: string;
  readonly data?: string;
  readonly recipe?: RecipeName;
  readonly set?: readonly string[];
  /** Of a table; `train` takes one, which makes it relabel. */
  readonly threshold?: string | readonly string[];
  readonly thresholdOnly?: readonly string[];
}

/**
 * Throws a CommandLineError for the first option that none of the command's runs can use. A value that is the default
 * changes nothing and is not refused, nor is one of the environment, which is set for other commands as well.
 *
 * @param command as it is typed: "table1"
 * @param advice what would let the option have an effect, for some uses: "add --m or --mgn"
 */
export function requireEffect(
  command: string,
  uses: readonly RunUse[],
  args: EffectArgs,
  advice: Partial<Readonly<Record<RunUse, string>>> = {},
): void {
  for (const [typed, use] of changed(args)) {
    if (uses.includes(use)) continue;
    const instead = advice[use];
    throw new CommandLineError(
      `${typed}: expected it with a command ${runUses[use]}, got it with \`${command}\`, where it has no effect. Leave it out${instead === undefined ? "" : `, or ${instead}`}.`,
    );
  }
}

/** The options that differ from their defaults, as they are typed, and what each acts on. */
function changed(args: EffectArgs): readonly (readonly [typed: string, use: RunUse])[] {
  const options: readonly (readonly [flag: string, value: unknown, usual: unknown, RunUse])[] = [
    ["delta", args.delta, policyDefaults.delta, "relabelling"],
    ["reference", args.reference, policyDefaults.reference, "relabelling"],
    ["predictions", args.predictions, policyDefaults.predictions, "relabelling"],
    ["relabel-start", args.relabelStart, undefined, "relabelling"],
    ["min-train-accuracy", args.minTrainAccuracy, undefined, "relabelling"],
    ["mask-form", args.maskForm, "soft", "masked-classifiers"],
    ["data", args.data, undefined, "data"],
    ["recipe", args.recipe, defaultRecipe, "recipe"],
    ...[args.threshold ?? []].flat().map((spec) => ["threshold", spec, "", "thresholds"] as const),
    ...(args.thresholdOnly ?? []).map(
      (spec) => ["threshold-only", spec, "", "threshold-rows"] as const,
    ),
    ...(args.set ?? [])
      .filter((text) => text.startsWith("mgn."))
      .map((text) => ["set", text, "", "generators"] as const),
    ...(args.set ?? []).map((text) => ["set", text, "", "settings"] as const),
  ];
  return options
    .filter(([, value, usual]) => value !== undefined && value !== usual)
    .filter(([flag, value]) => !isOfEnvironment(flag, value))
    .map(([flag, value, , use]) => [`--${flag} ${String(value)}`, use]);
}

/** Parsed options of the engine. */
type EngineArgs = Partial<Pick<ArgsOf<typeof trainingOptions>, (typeof ofEngine)[number]>>;

const ofEngine = ["backend", "device", "threads", "sessions", "jobs"] as const;

/**
 * Throws a CommandLineError for the first option of the engine where a command computes nothing, or computes on another
 * engine. Defaults and what the environment sets are taken, as by `requireEffect`.
 *
 * @param where what was asked for, and what uses these options: "`runs list`", "`runs repair`"
 * @param used those that have an effect all the same
 */
export function requireEngineEffect(
  args: EngineArgs,
  where: { readonly got: string; readonly expected: string },
  used: readonly (keyof EngineArgs)[] = [],
): void {
  const given = ofEngine.find((flag) => {
    const value = args[flag];
    if (value === undefined || value === engineOptions.backend.default) return false;
    return !used.includes(flag) && !isOfEnvironment(flag, value);
  });
  if (given === undefined) return;
  throw new CommandLineError(
    `--${given} ${args[given]}: expected it with ${where.expected}, got it with ${where.got}, where it has no effect. Leave it out.`,
  );
}
