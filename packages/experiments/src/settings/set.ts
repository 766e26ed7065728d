/** @file Settings of a run that are changed on the command line: `--set adamw.weightDecay=0.05`. */
import { CommandLineError, didYouMean } from "@mvt/common";
import { z } from "zod";
import { chooseOptimizers } from "./optimizer.ts";
import { mgnTrainingConfig, trainingConfig } from "./run-config.ts";
import { scales } from "./scales.ts";
import type { Scale, ScaleName, TrainingSettings } from "./scales.ts";

type Issue = z.core.$ZodIssue;

/** What `--set` can change: the settings of classifiers and, under `mgn`, those of mask generators. */
export const settings = trainingConfig.extend({ mgn: mgnTrainingConfig });

/** The scale of this name with every `path=value` applied, for every data set that has settings of its own. */
export function scaleWith(name: ScaleName, assignments: readonly string[]): Scale {
  const scale = scales[name];
  const change = ({ training, mgn }: TrainingSettings): TrainingSettings => {
    const { mgn: changed, ...rest } = override(settings, { ...training, mgn }, assignments);
    return { training: rest, mgn: changed };
  };
  const onDataset = Object.entries(scale.onDataset ?? {}).map(([dataset, own]) => [
    dataset,
    change(own),
  ]);
  return { ...scale, ...change(scale), onDataset: Object.fromEntries(onDataset) };
}

/** The configuration with every `path=value` applied, checked as a whole by its schema. */
export function override<Config extends object>(
  schema: z.ZodType<Config>,
  config: Config,
  assignments: readonly string[],
): Config {
  const changed = structuredClone<object>(config) as Record<string, unknown>;
  for (const assignment of chooseOptimizers(changed, assignments)) assign(changed, assignment);
  const parsed = schema.safeParse(changed);
  if (parsed.success) return parsed.data;
  throw new CommandLineError(
    `--set ${assignments.join(" --set ")}: ${explain(deepest(parsed.error.issues[0]!), schema)}`,
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
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface JsonSchema {
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
