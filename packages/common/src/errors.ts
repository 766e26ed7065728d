/** @file Errors that the user can mend. They are shown as one message, without a stack. */

import { boundLines, printableLines } from "./text.ts";

export interface UserErrorOptions extends ErrorOptions {
  /** What to do about it, as a sentence. It ends the message. */
  readonly advice?: string;
  /** The exit code of a command that ends with it. Default 1: a file, the data, the disk. */
  readonly exitCode?: 1 | 2;
}

/**
 * Something is wrong with the user's command, files or data. The message says what was expected, what came, and
 * what to do. A package declares a subclass only where somebody catches it.
 *
 * A message may quote files of others. Whatever it is given, it holds no character that steers a terminal, but line feeds,
 * and it has an end: see `printableLines` and `boundLines`.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** What was expected and what came, without the advice. */
  readonly finding: string;
  /** What to do about it; undefined if the finding says that too. */
  readonly advice: string | undefined;
  readonly exitCode: 1 | 2;

  constructor(finding: string, { advice, exitCode = 1, ...options }: UserErrorOptions = {}) {
    const found = forMessage(finding);
    const toDo = advice === undefined ? undefined : forMessage(advice);
    super(toDo === undefined ? found : `${found}. ${toDo}`, options);
    this.finding = found;
    this.advice = toDo;
    this.exitCode = exitCode;
  }
}

/** The command line itself is wrong: no file, no data and no disk could make it right. */
export class CommandLineError extends UserError {
  override readonly name = "CommandLineError";

  constructor(finding: string, options: Omit<UserErrorOptions, "exitCode"> = {}) {
    super(finding, { ...options, exitCode: 2 });
  }
}

const forMessage = (text: string) => printableLines(boundLines(text));

/** The message of whatever a library threw, without its final full stop. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.+$/, "");
}
