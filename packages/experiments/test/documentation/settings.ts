/** @file Settings of `--set` that a text names: whether the schema has them and takes their values. */
import { z } from "zod";
import type { override } from "../../src/overrides.ts";

/** "schedule.gamma=.." and what follows "--set", out of a code text. */
export function settingsIn(text: string): readonly string[] {
  const given = [...text.matchAll(/--set[ =]([\w.]+=\S+|[\w.]+=$)/g)].map((match) => match[1]!);
  const bare = /^[a-z]\w*(?:\.\w+)+=\S*$/.test(text) ? [text] : [];
  return [...given, ...bare];
}

/** All paths of a schema of objects: "schedule", "schedule.gamma", ... */
export function settingPaths(schema: z.ZodType): ReadonlySet<string> {
  return new Set(pathsIn(z.toJSONSchema(schema) as JsonSchema));
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
}

function pathsIn({ properties = {}, anyOf = [] }: JsonSchema): readonly string[] {
  const own = Object.entries(properties).flatMap(([key, value]) => [
    key,
    ...pathsIn(value).map((path) => `${key}.${path}`),
  ]);
  return [...own, ...anyOf.flatMap(pathsIn)];
}

/** What is wrong with "adamw.weightDecay=0.05", if anything. The value may be left open: "..", "[a,b]". */
export function settingProblem<Config extends object>(
  schema: z.ZodType<Config>,
  config: Config,
  assignment: string,
  set: typeof override<Config>,
): string | undefined {
  const [path, value] = assignment.split("=");
  if (path === "PATH") return undefined;
  if (!settingPaths(schema).has(path!)) return `there is no setting ${path}`;
  if (value === "" || /^\[?\.\.|^\[[a-z]|^[A-Z]+$/.test(value!)) return undefined;
  try {
    set(schema, config, [assignment]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
