/** @file Flags as yargs declares them: from the environment, and the values that no command could mean. */
import type { Argv } from "yargs";
import { CommandLineError } from "../usage-error.ts";

/** The flags of one command. */
export interface DeclaredFlags {
  readonly names: readonly string[];
  readonly arrays: readonly string[];
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

/** What yargs knows of its flags; its published types leave this out. */
interface WithOptions {
  getOptions(): {
    readonly key: Readonly<Record<string, unknown>>;
    readonly array: readonly string[];
    readonly number: readonly string[];
    readonly string: readonly string[];
  };
}

export function declaredFlags(cli: Argv): DeclaredFlags {
  const { key, array, number, string } = (cli as never as WithOptions).getOptions();
  return { names: Object.keys(key), arrays: array, numbers: number, texts: string };
}

/** Flags that the environment sets: MVT_FERPLUS_TRAIN for --ferplus-train; only those of the command. */
export function flagsFromEnvironment(
  { names }: DeclaredFlags,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[variableOf(name)];
      return value === undefined || value === "" ? [] : [[name, value]];
    }),
  );
}

const variableOf = (flag: string) => `MVT_${flag.toUpperCase().replaceAll("-", "_")}`;

/** Throws for a flag that was given twice, without a value, or with a text in place of a number. */
export function checkFlags(
  { names, arrays, numbers, texts }: DeclaredFlags,
  parsed: Readonly<Record<string, unknown>>,
): void {
  for (const name of names) {
    if (!Object.hasOwn(parsed, name)) continue;
    const value = parsed[name];
    if (Array.isArray(value) && !arrays.includes(name)) {
      throw new CommandLineError(
        `--${name}: expected it once, got it ${value.length} times (${value.join(", ")}). Leave out all but one.`,
      );
    }
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isText = texts.includes(name);
    if (isText && values.includes("")) throw lacksValue(name);
    if (!numbers.includes(name)) continue;
    if (value === undefined) throw lacksValue(name);
    if (Number.isNaN(value))
      throw new CommandLineError(`--${name}: expected a number, got a text.`);
  }
}

function lacksValue(name: string): CommandLineError {
  return new CommandLineError(`--${name}: expected a value, got none.`);
}
