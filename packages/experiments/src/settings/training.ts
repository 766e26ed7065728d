/** @file The settings of training: their schema, and how `--set adamw.weightDecay=0.05` changes them. */
import { CommandLineError, didYouMean, parseJson } from "@mvt/common";
import { optimizerNames } from "@mvt/core";
import type { OptimizerName, OptimizerSettings } from "@mvt/core";
import { autoKinds, erasingColourNames, magnitudeBins, shiftPaddings } from "@mvt/datasets";
import type { Augmentation } from "@mvt/datasets";
import { maskSpaces, polarities } from "@mvt/mgn";
import { z } from "zod";
import { fineTuning, requireFineTuning } from "./fine-tuning.ts";
import { regularisation } from "./regularisation.ts";

const probability = z.number().min(0).max(1);
const strength = z.number().nonnegative();

/** Of `@mvt/datasets`; its own check says what a combination of values means. */
const augmentation = z.strictObject({
  flip: probability,
  shift: z
    .strictObject({ pixels: z.int().nonnegative(), padding: z.enum(shiftPaddings) })
    .exactOptional(),
  auto: z
    .strictObject({
      kind: z.enum(autoKinds),
      operations: z.int().positive().exactOptional(),
      magnitude: z
        .int()
        .nonnegative()
        .max(magnitudeBins - 1)
        .exactOptional(),
    })
    .refine(({ kind, ...chosen }) => kind === "rand" || Object.keys(chosen).length === 0, {
      message: "operations and magnitude are of kind rand; trivial has neither",
    })
    .or(z.literal(false))
    .exactOptional(),
  jitter: z
    .strictObject({ brightness: strength, contrast: strength, saturation: strength })
    .or(z.literal(false)),
  erasing: z
    .strictObject({
      p: probability,
      scale: z.tuple([probability, probability]).readonly(),
      ratio: z.tuple([z.number().positive(), z.number().positive()]).readonly(),
      value: z.enum(erasingColourNames),
    })
    .or(z.literal(false)),
}) satisfies z.ZodType<Augmentation>;

/** The share of a mean that stays at each step. With 1 it never moves, and AdamW divides 0 by 0. */
const beta = z.number().min(0).lt(1);
const weightDecay = z.number().nonnegative();
/** The joint norm that gradients are clipped to; they are not clipped if absent. */
const clipNorm = z.number().positive().exactOptional();

/** The settings of each optimiser, under its name. */
const optimizers = {
  adamw: z.strictObject({
    betas: z.tuple([beta, beta]).readonly(),
    weightDecay,
    clipNorm,
  }),
  sgd: z
    .strictObject({
      momentum: beta.default(0.9),
      nesterov: z.boolean().exactOptional(),
      weightDecay: weightDecay.default(0),
      clipNorm,
    })
    .refine(({ nesterov, momentum }) => !(nesterov === true && momentum === 0), {
      message: "nesterov expects a momentum above 0, got 0",
    }),
} satisfies { readonly [Name in OptimizerName]: z.ZodType<OptimizerSettings<Name>> };

/** Fields of a training configuration: the optimiser's name, and settings of the chosen one. */
const optimizerChoice = {
  /** "adamw" if absent. */
  optimizer: z.enum(optimizerNames).exactOptional(),
  ...z.object(optimizers).partial().shape,
};

/** How a run trains; every field can be set from the command line by its path. */
export const trainingConfig = z.strictObject({
  epochs: z.int().positive(),
  batchSize: z.int().positive(),
  schedule: z.strictObject({
    kind: z.enum(["exponential", "cosine"]),
    learningRate: z.number().nonnegative(),
    /** Decay per epoch of the exponential schedule. */
    gamma: z.number().positive().max(1).exactOptional(),
    warmupEpochs: z.number().nonnegative(),
  }),
  ...optimizerChoice,
  augmentation,
  ...regularisation,
  /** The number of micro-batches of a batch: more save memory. As many as are fastest if absent. */
  accumulate: z.int().positive().exactOptional(),
  /** Compute activations again for the gradients rather than keep them, to save memory; false if absent. */
  recompute: z.boolean().exactOptional(),
  /** Of matrix products and the activations between them; "float32" if absent. */
  precision: z.enum(["float32", "float16"]).exactOptional(),
  /** Each image once per epoch, or as many draws with every class equally likely; "shuffled" if absent. */
  sampler: z.enum(["shuffled", "balanced"]).exactOptional(),
  /** Whether test images are predicted after every epoch, as if absent, or only at the end. */
  tests: z.enum(["every-epoch", "at-end"]).exactOptional(),
  /**
   * Training ends after the first epoch whose training accuracy, on the labels of the files, is at least this. It is that
   * of the images as they are trained on: augmented, and mixed if `mixup` is on.
   */
  stopAtTrainAccuracy: probability.exactOptional(),
  ...fineTuning,
});
export type TrainingConfig = Readonly<z.infer<typeof trainingConfig>>;

/** How a mask generator trains: one step of each side per batch, at constant rates. */
export const mgnTrainingConfig = z.strictObject({
  epochs: z.int().positive(),
  batchSize: z.int().positive(),
  learningRate: z.strictObject({
    discriminator: z.number().nonnegative(),
    generator: z.number().nonnegative(),
  }),
  ...optimizerChoice,
  augmentation,
  /** Weight of |M_avg - m| in Eq. 2; the paper has 1. */
  lambda: z.number().nonnegative(),
  /** Weight of 4 M_p (1 - M_p), which asks for binary masks; absent from Eq. 2, as by default. */
  saturation: z.number().nonnegative().exactOptional(),
  /** The schedule of both rates: constant if absent, or half a cosine down to zero. */
  decay: z.enum(["constant", "cosine"]).exactOptional(),
  /** The share of the image that random masks show: m if absent, else drawn between the two. */
  randomShare: z.tuple([probability, probability]).readonly().exactOptional(),
  polarity: z.enum(polarities),
  space: z.enum(maskSpaces),
});
export type MgnTrainingConfig = Readonly<z.infer<typeof mgnTrainingConfig>>;

/** What `--set` can change: the settings of classifiers and, under `mgn`, those of mask generators. */
export const settings = trainingConfig.extend({ mgn: mgnTrainingConfig });

type Issue = z.core.$ZodIssue;

/** The configuration with every `path=value` applied, checked as a whole by its schema. */
export function override<Config extends object>(
  schema: z.ZodType<Config>,
  config: Config,
  assignments: readonly string[],
): Config {
  const changed = structuredClone<object>(config) as Record<string, unknown>;
  for (const assignment of chooseOptimizers(changed, assignments)) assign(changed, assignment);
  const parsed = schema.safeParse(changed);
  if (parsed.success) {
    requireGammaEffect(parsed.data, assignments);
    requireFineTuning(parsed.data);
    return parsed.data;
  }
  throw new CommandLineError(
    `--set ${assignments.join(" --set ")}: ${explain(deepest(parsed.error.issues[0]!), schema)}`,
  );
}

/** A decay that the schedule does not have would train the same run under another id. */
function requireGammaEffect(config: object, assignments: readonly string[]): void {
  const typed = assignments.find((assignment) => assignment.startsWith("schedule.gamma="));
  const kind = "schedule" in config && (config as TrainingConfig).schedule.kind;
  if (typed === undefined || kind !== "cosine") return;
  throw new CommandLineError(
    `--set ${typed}: expected an exponential schedule, got a cosine one, which has no gamma. Leave it out, or add --set schedule.kind=exponential.`,
  );
}

/** What is wrong with one setting; for a key that there is not, the nearest one and all there are. */
function explain(issue: Issue, schema: z.ZodType): string {
  const at = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return `${at || "settings"}: ${issue.message}.`;
  const unknown = [...issue.path, issue.keys[0]!].join(".");
  const known = settingPaths(schema);
  return `there is no setting ${unknown}.${didYouMean(unknown, known)} Settings: ${known.join(", ")}.`;
}

function assign(config: Record<string, unknown>, assignment: string): void {
  const [, path, value] = /^([\w.]+)=(.+)$/.exec(assignment) ?? [];
  if (path === undefined || value === undefined) {
    throw new CommandLineError(
      `--set ${assignment}: expected PATH=VALUE, such as adamw.weightDecay=0.05.`,
    );
  }
  const keys = path.split(".");
  // The keys below it would become fields of every object.
  if (keys.includes("__proto__")) {
    throw new CommandLineError(`--set ${assignment}: there is no setting ${path}.`);
  }
  let at = config;
  for (const key of keys.slice(0, -1)) {
    // A part that is off (false) or absent becomes an object; the check says what it then lacks.
    if (typeof at[key] !== "object" || at[key] === null) at[key] = {};
    at = at[key] as Record<string, unknown>;
  }
  at[keys.at(-1)!] = parseValue(value);
}

/** Of a part that may be one thing or another, such as settings or false, the issue that lies deepest. */
function deepest(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  return issue.errors
    .flat()
    .map((inner) => {
      const found = deepest(inner);
      return { ...found, path: [...issue.path, ...found.path] };
    })
    .reduce((a, b) => (b.path.length > a.path.length ? b : a), issue as Issue);
}

/** JSON, or the text itself. */
function parseValue(text: string): unknown {
  const value = parseJson(text);
  return value === undefined ? text : value;
}

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
}

/** Every path that can be set: "epochs", "schedule.kind", ... */
export function settingPaths(schema: z.ZodType): readonly string[] {
  return [...new Set(pathsBelow(z.toJSONSchema(schema) as JsonSchema, []))];
}

function pathsBelow(
  { properties, anyOf = [] }: JsonSchema,
  keys: readonly string[],
): readonly string[] {
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([key, value]) => pathsBelow(value, [...keys, key]));
  }
  return anyOf.length > 0 ? anyOf.flatMap((one) => pathsBelow(one, keys)) : [keys.join(".")];
}

/** Whether the value of a setting is a list, such as that of adamw.betas. */
export function takesLists(path: string): boolean {
  const at = path
    .split(".")
    .reduce<readonly JsonSchema[]>(
      (schemas, key) => schemas.flatMap(({ properties }) => alternatives(properties?.[key])),
      [z.toJSONSchema(settings) as JsonSchema],
    );
  return at.some(({ type }) => type === "array");
}

function alternatives(schema: JsonSchema | undefined): readonly JsonSchema[] {
  if (schema === undefined) return [];
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(alternatives);
}

const isOptimizer = (name: unknown): name is OptimizerName =>
  optimizerNames.some((known) => known === name);

/**
 * Applies every assignment `optimizer=NAME`, also `mgn.optimizer=NAME`, and returns the other assignments. A
 * configuration has settings of the chosen optimiser alone, and no `optimizer` if that is AdamW. Throws
 * CommandLineError if another assignment sets something of an optimiser that is not chosen.
 */
function chooseOptimizers(
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
