/** @file Settings of a run that are changed on the command line: `--set adamw.weightDecay=0.05`. */
import type { z } from "zod";
import { chooseOptimizers } from "./optimizer-settings.ts";
import { CommandLineError } from "./usage-error.ts";

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
  if (parsed.success) return parsed.data;
  const issue = deepest(parsed.error.issues[0]!);
  throw new CommandLineError(
    `--set ${assignments.join(" --set ")}: ${issue.path.join(".") || "settings"}: ${issue.message}. Settings of this scale: ${pathsOf(config).join(", ")}.`,
  );
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
function deepest(issue: Issue): Pick<Issue, "path" | "message"> {
  if (issue.code !== "invalid_union") return issue;
  return issue.errors
    .flat()
    .map((inner) => {
      const { path, message } = deepest(inner);
      return { path: [...issue.path, ...path], message };
    })
    .reduce((a, b) => (b.path.length > a.path.length ? b : a), issue);
}

/** JSON, or the text itself. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** "epochs", "schedule.kind", ... */
function pathsOf(value: object, prefix = ""): readonly string[] {
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? pathsOf(item, `${prefix}${key}.`)
      : [prefix + key],
  );
}
