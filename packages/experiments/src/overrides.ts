/** @file Settings of a run that are changed on the command line: `--set adamw.weightDecay=0.05`. */
import { trainingConfig } from "./config.ts";
import type { TrainingConfig } from "./config.ts";
import { UsageError } from "./usage-error.ts";

/** The configuration with every `path=value` applied, checked as a whole. */
export function override(config: TrainingConfig, assignments: readonly string[]): TrainingConfig {
  const changed = structuredClone(config) as Record<string, unknown>;
  for (const assignment of assignments) assign(changed, assignment);
  const parsed = trainingConfig.safeParse(changed);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(
    `--set ${assignments.join(" --set ")}: ${issue!.path.join(".") || "settings"}: ${issue!.message}. Settings of this scale: ${pathsOf(config).join(", ")}.`,
  );
}

function assign(config: Record<string, unknown>, assignment: string): void {
  const [, path, value] = /^([\w.]+)=(.+)$/.exec(assignment) ?? [];
  if (path === undefined || value === undefined) {
    throw new UsageError(
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
