/** @file The words of a command line, as another command can repeat them. */
import type { CommandOptions } from "./command.ts";
import { kebab } from "./configuration.ts";

/** The words without these options and their values. */
export function withoutOptions(
  words: readonly string[],
  options: CommandOptions,
): readonly string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const [, name = "", equals] = /^--([\w-]+)(=?)/.exec(words[i]!) ?? [];
    const option = Object.hasOwn(options, kebab(name)) ? options[kebab(name)] : undefined;
    if (option === undefined) {
      kept.push(words[i]!);
      continue;
    }
    if (equals === "=") continue;
    const isValue = (word = "-") =>
      option.type === "boolean" ? /^(?:true|false)$/.test(word) : !word.startsWith("-");
    if (isValue(words[i + 1])) i += 1;
    while (option.array === true && isValue(words[i + 1])) i += 1;
  }
  return kept;
}
