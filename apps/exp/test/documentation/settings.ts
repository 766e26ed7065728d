/** @file Settings of `--set` that a text names: whether the schema has them and takes their values. */
import type { z } from "zod";
import { override, settingPaths } from "@mvt/experiments";

/** "schedule.gamma=.." and what follows "--set", out of a code text. */
export function settingsIn(text: string): readonly string[] {
  const given = [...text.matchAll(/--set[ =]([\w.]+=\S+|[\w.]+=$)/g)].map((match) => match[1]!);
  const bare = /^[a-z]\w*(?:\.\w+)+=\S*$/.test(text) ? [text] : [];
  return [...given, ...bare];
}

/**
 * What is wrong with "adamw.weightDecay=0.05", if anything. The value may be left open: "..", "[a,b]".
 *
 * @param before what the same command sets before it, such as the kind of a part whose other settings follow
 */
export function settingProblem<Config extends object>(
  schema: z.ZodType<Config>,
  config: Config,
  assignment: string,
  before: readonly string[] = [],
): string | undefined {
  if (assignment.startsWith("PATH=")) return undefined;
  const [path] = assignment.split("=");
  if (!settingPaths(schema).includes(path!)) return `there is no setting ${path}`;
  if (isOpen(assignment)) return undefined;
  try {
    override(schema, config, [...before.filter((one) => !isOpen(one)), assignment]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const isOpen = (assignment: string) => /=(?:$|\[?\.\.|\[[a-z]|[A-Z]+$)/.test(assignment);
