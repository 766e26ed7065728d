/** @file The error for a file of weights that cannot be used. */

/** What was expected and what came; `advice` says what to do about it. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";
  /** A sentence of its own. */
  readonly advice: string;

  constructor(message: string, advice = "Pass an intact file, for example by copying it again.") {
    super(message);
    this.advice = advice;
  }
}

/** The message of whatever a library threw, without its final full stop. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.+$/, "");
}
