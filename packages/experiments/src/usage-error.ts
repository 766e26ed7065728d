/** @file The one error for what a user asked and cannot have. It is shown without a stack. */

/** Message: what was expected, what came, what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
