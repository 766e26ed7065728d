/** @file The error for what a user chose and cannot have. */

/** Message: what was expected, what came, what to do. */
export class UserError extends Error {
  override readonly name = "UserError";
}
