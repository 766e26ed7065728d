/** @file The settings of optimisers in a configuration, and on the command line: `--set optimizer=sgd`. */
import { CommandLineError } from "@mvt/common";
import { optimizerNames } from "@mvt/core";
import type { OptimizerName, OptimizerSettings } from "@mvt/core";
import { z } from "zod";

const fraction = z.number().min(0).max(1);
const weightDecay = z.number().nonnegative();
/** The joint norm that gradients are clipped to; they are not clipped if absent. */
const clipNorm = z.number().positive().exactOptional();

/** The settings of each optimiser, under its name. */
const settings = {
  adamw: z.strictObject({
    betas: z.tuple([fraction, fraction]).readonly(),
    weightDecay,
    clipNorm,
  }),
  sgd: z
    .strictObject({
      momentum: z.number().min(0).lt(1).default(0.9),
      nesterov: z.boolean().exactOptional(),
      weightDecay: weightDecay.default(0),
      clipNorm,
    })
    .refine(({ nesterov, momentum }) => !(nesterov === true && momentum === 0), {
      message: "nesterov expects a momentum above 0, got 0",
    }),
} satisfies { readonly [Name in OptimizerName]: z.ZodType<OptimizerSettings<Name>> };

/** Fields of a training configuration: the optimiser's name, and settings of the chosen one. */
export const optimizerChoice = {
  /** "adamw" if absent. */
  optimizer: z.enum(optimizerNames).exactOptional(),
  ...z.object(settings).partial().shape,
};

const isOptimizer = (name: unknown): name is OptimizerName =>
  optimizerNames.some((known) => known === name);

/**
 * Applies every assignment `optimizer=NAME`, also `mgn.optimizer=NAME`, and returns the other assignments. A
 * configuration has settings of the chosen optimiser alone, and no `optimizer` if that is AdamW. Throws
 * CommandLineError if another assignment sets something of an optimiser that is not chosen.
 */
export function chooseOptimizers(
  config: Record<string, unknown>,
  assignments: readonly string[],
): readonly string[] {
  const scopeOf = (prefix: string) =>
    (prefix === "" ? config : config["mgn"]) as Record<string, unknown> | undefined;
  const others: string[] = [];
  for (const assignment of assignments) {
    const [, prefix = "", name] = /^(mgn\.)?optimizer=(.+)$/.exec(assignment) ?? [];
    const scope = name === undefined ? undefined : scopeOf(prefix);
    if (scope === undefined) others.push(assignment);
    else choose(scope, name!);
  }
  for (const assignment of others) {
    const [, prefix = "", name] = /^(mgn\.)?(\w+)\./.exec(assignment) ?? [];
    const { optimizer = "adamw" } = scopeOf(prefix) ?? {};
    if (isOptimizer(name) && isOptimizer(optimizer) && name !== optimizer) {
      throw new CommandLineError(
        `--set ${assignment}: expected settings of the optimiser ${optimizer}, got one of ${name}. Set ${prefix}${optimizer}.*, or add --set ${prefix}optimizer=${name}.`,
      );
    }
  }
  return others;
}

function choose(training: Record<string, unknown>, name: string): void {
  training["optimizer"] = name; // the schema refuses what is no optimiser
  if (!isOptimizer(name)) return;
  for (const other of optimizerNames) if (other !== name) delete training[other];
  training[name] ??= {};
  if (name === "adamw") delete training["optimizer"];
}
