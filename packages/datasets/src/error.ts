/** @file The one error class of this package: what a user can cause and can put right. */

/**
 * Something about the user's files or options is not as it must be. The message says what was
 * expected, what was found (with path and line where there is one) and what to do.
 */
export class DatasetError extends Error {
  override readonly name = "DatasetError";
}
