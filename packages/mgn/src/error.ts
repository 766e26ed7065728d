/** @file The one error of this package. */

/** What a user of MGN can get wrong: what was expected, what came, what to do. */
export class MgnError extends Error {
  override readonly name = "MgnError";
}
