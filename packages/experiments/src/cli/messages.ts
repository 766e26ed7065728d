/** @file What a command says besides its results: lines on stderr, as many as --quiet and --verbose ask for. */
import { CommandLineError, printableLines } from "@mvt/common";
import type { ArgsOf, CommandOptions } from "./command.ts";

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** How much is said: results and errors alone; progress as well; or all that helps to find a fault. */
export const verbosities = ["quiet", "normal", "verbose"] as const;
export type Verbosity = (typeof verbosities)[number];

const messages = "Messages:";

/** How much a command says. */
export const globalOptions = {
  quiet: {
    type: "boolean",
    default: false,
    group: messages,
    describe: "write results and errors only",
  },
  verbose: {
    type: "boolean",
    default: false,
    group: messages,
    describe:
      "say more on stderr: versions, a line per epoch, the time of every line, the stack of an error, memory at the end",
  },
} as const satisfies CommandOptions;

/** Throws a CommandLineError for both. */
export function verbosityOf({ quiet, verbose }: ArgsOf<typeof globalOptions>): Verbosity {
  if (quiet && verbose) {
    throw new CommandLineError("--quiet and --verbose: expected one of them, got both.");
  }
  return quiet ? "quiet" : verbose ? "verbose" : "normal";
}

/** Of this process, which runs one command. */
let current: Verbosity = "normal";

export function setVerbosity(verbosity: Verbosity): void {
  current = verbosity;
}

export const currentVerbosity = (): Verbosity => current;

/** What clears the line that the cursor is on, where `terminal` is one. Nothing else has escape codes. */
export const clearOf = ({ isTTY }: Terminal) => (isTTY === true ? "\r\u001B[2K" : "");

export function clearStatus(terminal: Terminal = process.stderr): void {
  const clear = clearOf(terminal);
  if (clear !== "") terminal.write(clear);
}

/** Writes one line, or several, unless `verbosity` is quiet; with the seconds since the start if it is verbose. */
export function say(
  line: string,
  terminal: Terminal = process.stderr,
  verbosity: Verbosity = current,
): void {
  if (verbosity === "quiet") return;
  const time = verbosity === "verbose" ? `${process.uptime().toFixed(1).padStart(7)} s  ` : "";
  terminal.write(`${clearOf(terminal)}${time}${printableLines(line)}\n`);
}

/** Writes a line only with --verbose. */
export function sayMore(line: string): void {
  if (current === "verbose") say(line);
}
