/** @file What shells complete, out of the declared options of all commands. */
import { commonOptions } from "../command.ts";
import type { Command, CommandModule, CommandOption } from "../command.ts";
import type { Completed, CompletedCommands } from "./scripts.ts";

/** Commands in their order; those with the same options and positionals together. */
export async function describeCommands(
  commands: readonly Command[],
): Promise<readonly CompletedCommands[]> {
  const groups = new Map<
    string,
    CompletedCommands & { commands: { name: string; about: string }[] }
  >();
  for (const { name, about, load } of commands) {
    const described = describe(await load());
    const key = JSON.stringify(described);
    const group = groups.get(key) ?? { ...described, commands: [] };
    group.commands.push({ name: name.split(" ")[0]!, about });
    groups.set(key, group);
  }
  return [...groups.values()];
}

function describe({ options, positionals }: CommandModule): Omit<CompletedCommands, "commands"> {
  const all = Object.entries({
    ...options,
    ...commonOptions,
    help: helpOption,
  });
  return {
    options: all.map(([name, option]) => ({
      name: `--${name}`,
      about: firstClause(option.describe ?? ""),
      takes: takenBy(option),
    })),
    places: Object.values(positionals).map(takenBy),
  };
}

const helpOption: CommandOption = { type: "boolean", describe: "show help" };

function takenBy({ type, choices, suggest }: CommandOption): Completed {
  if (suggest !== undefined) return suggest;
  if (choices !== undefined) return choices.map(String);
  if (type === "boolean") return "flag";
  return type === "string" ? "path" : "unknown";
}

/** The help up to its first semicolon. */
const firstClause = (help: string) => help.split(/; | \[default/)[0]!;
