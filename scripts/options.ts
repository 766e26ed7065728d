/**
 * @file The options of a script. A wrong one ends it with exit code 2, what was expected and how it is called; --help ends it
 * too.
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { reasonOf } from "@mvt/common";

/** What ends the program besides the options themselves. */
interface Checks {
  /** Ends the program. */
  readonly refuse: (reason: string) => never;
  /** The whole number, from `least` on, that an option is. */
  readonly wholeNumber: (name: string, text: string, least: number) => number;
}

/** The options as `parseArgs` gives them, with what checks them further. `usage`: how the script is called. */
export function readOptions<const Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> & Checks {
  const refuse = (reason: string): never => {
    process.stderr.write(`${reason}\nUsage: ${usage}\n`);
    process.exit(2);
  };
  const wholeNumber = (name: string, text: string, least: number) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    return refuse(`--${name}: expected a whole number of at least ${least}, got ${text}.`);
  };
  if (process.argv.includes("--help")) {
    process.stdout.write(`Usage: ${usage}\n`);
    process.exit(0);
  }
  try {
    return { ...parseArgs(config), refuse, wholeNumber };
  } catch (error) {
    return refuse(reasonOf(error));
  }
}
