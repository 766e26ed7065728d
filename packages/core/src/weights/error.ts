/** @file The error for a file of weights that cannot be used. */

/** What was expected and what came; `advice` says what to do about it. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";
  /** A sentence of its own. */
  readonly advice: string;

  constructor(message: string, advice = "Pass an intact file, for example by copying it again.") {
    super(printable(message));
    this.advice = advice;
  }
}

/** A text out of an untrusted file without what would steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "?");
}

/** The message of whatever a library threw, without its final full stop. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.+$/, "");
}
