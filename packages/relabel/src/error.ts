/** @file The errors of this package: what a user can cause and can put right. */

/**
 * Something about the user's options, files or data is not as it must be. The message says what was
 * expected, what came (with the line, where there is one) and what to do; show it without its stack.
 */
export class RelabelError extends Error {
  override readonly name: string = "RelabelError";
}

/** A threshold can not be found or loaded, or its f is not what Eq. 6 asks for. */
export class ThresholdError extends RelabelError {
  override readonly name = "ThresholdError";
}
