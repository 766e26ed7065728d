/** @file Every optimiser there is. Configurations, `--set` and help read this list. */
import { adamw } from "./adamw.ts";
import { clipByGlobalNorm } from "./clip.ts";
import type { Optimizer } from "./optimizer.ts";
import { sgd } from "./sgd.ts";

/** By name. Each takes a record of options, all of which have defaults. */
export const optimizers = { adamw, sgd } as const;
export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as readonly OptimizerName[];

/** The options of each optimiser, by its name. */
export type OptimizerOptions = {
  readonly [Name in OptimizerName]: NonNullable<Parameters<(typeof optimizers)[Name]>[0]>;
};

/** What a configuration says of an optimiser: its options, and gradient clipping. */
export type OptimizerSettings<Name extends OptimizerName> = OptimizerOptions[Name] & {
  /** The joint norm that gradients are clipped to; they are not clipped if absent. */
  readonly clipNorm?: number;
};

/** The name of an optimiser, and settings under that name: `{ optimizer: "sgd", sgd: { momentum: 0.9 } }`. */
export type OptimizerChoice = {
  /** Default: "adamw". */
  readonly optimizer?: OptimizerName;
} & { readonly [Name in OptimizerName]?: OptimizerSettings<Name> };

/** The chosen optimiser, with gradient clipping if its settings have a `clipNorm`. Other settings are ignored. */
export function createOptimizer({ optimizer: name = "adamw", ...all }: OptimizerChoice): Optimizer {
  const settings = all[name];
  const optimizer = optimizers[name](settings);
  return settings?.clipNorm === undefined
    ? optimizer
    : clipByGlobalNorm(optimizer, settings.clipNorm);
}
