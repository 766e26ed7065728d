/** @file Command lines that a text shows: whether yargs takes them, without running anything. */
import { commonOptions, createCli } from "@mvt/experiments/cli";
import type { Command } from "@mvt/experiments/cli";

/** The flags of a command. */
export interface Declared {
  readonly names: readonly string[];
  readonly numbers: readonly string[];
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

/** The words of a command line, up to a pipe or a file for its output; quotes hold words together. */
export function wordsOf(line: string): readonly string[] {
  const [own = ""] = line.split(/ [|>] /);
  return [...own.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
}

/** Whether a text stands for a value to be filled in: DIR, N, .., $seed. */
export function isPlaceholder(value: string): boolean {
  return /^(?:[A-Z][A-Z_]*|\.{2,3}|…|\$\w+)$/.test(value);
}

const missing = /^[\w-]+: expected (?:a value|<[\w.]+>), got none\. `pnpm exp/;

/**
 * What is wrong with "train --seed 1", if anything. An incomplete command, which prose names in passing, may
 * lack what the command requires.
 */
export async function commandProblem(
  words: readonly string[],
  commands: readonly Command[],
  { complete }: { readonly complete: boolean },
): Promise<string | undefined> {
  const [name] = words;
  if (name === undefined || name === "COMMAND" || name.startsWith("--")) return undefined;
  const command = commands.find((one) => nameOf(one) === name);
  if (command === undefined) return `there is no command ${name}`;
  const declared = await flagsOf(command);
  const problem = await parse(command, filledIn(words, declared));
  if (complete || problem === undefined || !missing.test(problem)) return problem;
  return flagProblem(words, declared);
}

/** What is wrong with the flags of "--scale quick --plan", and with their values, where these are given. */
export function flagProblem(
  words: readonly string[],
  { names, numbers, choices }: Declared,
): string | undefined {
  for (const [index, word] of words.entries()) {
    const [, name, equals, attached] = /^--([\w-]+)(=?)(.*)$/s.exec(word) ?? [];
    if (name === undefined) continue;
    if (!names.includes(name)) return `there is no flag --${name}`;
    const next = words[index + 1];
    const value = equals === "" ? (next?.startsWith("--") ? undefined : next) : attached;
    if (value === undefined || isPlaceholder(value)) continue;
    const allowed = choices[name];
    if (allowed !== undefined && !allowed.includes(value)) {
      return `--${name} ${value}: the choices are ${allowed.join(", ")}`;
    }
    if (numbers.includes(name) && Number.isNaN(Number(value))) {
      return `--${name} ${value}: it takes a number`;
    }
  }
  return undefined;
}

export const nameOf = ({ name }: Command) => name.split(" ")[0]!;

/** The flags that a command declares. */
export async function flagsOf({ load }: Command): Promise<Declared> {
  const { options, positionals } = await load();
  const all = Object.entries({ ...positionals, ...options });
  return {
    names: ["help", ...Object.keys({ ...options, ...commonOptions })],
    numbers: all.filter(([, { type }]) => type === "number").map(([name]) => name),
    choices: Object.fromEntries(
      all.flatMap(([name, { choices }]) => (choices ? [[name, choices.map(String)]] : [])),
    ),
  };
}

/** Placeholders become values that the flag takes: 1 for a number, the first choice of several. */
function filledIn(words: readonly string[], { numbers, choices }: Declared): readonly string[] {
  const filled: string[] = [];
  let flag = "";
  for (const word of words) {
    const [, name, equals, value] = /^--([\w-]+)(=?)(.*)$/s.exec(word) ?? [];
    flag = name ?? flag;
    const text = name === undefined ? word : value!;
    const sample = numbers.includes(flag) || text === "N" ? "1" : (choices[flag]?.[0] ?? text);
    const replaced = isPlaceholder(text) ? sample : text;
    filled.push(name === undefined ? replaced : `--${name}${equals}${replaced}`);
  }
  return filled;
}

/** What the command line itself says is wrong; it runs nothing. */
async function parse(command: Command, words: readonly string[]): Promise<string | undefined> {
  try {
    await createCli(words, [command], async () => {}).parseAsync([...words], {}, (error) => {
      if (error) throw error;
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
