/** @file The error for a file of weights or a model that cannot be used. */
import { printable, UserError } from "@mvt/common";

/** A file of weights, or an exported model, cannot be used. The message says what was expected, what came, what to do. */
export class WeightsError extends UserError {
  override readonly name = "WeightsError";

  /**
   * @param finding what was expected and what came; it may quote the file
   * @param advice what to do about it, as a sentence
   */
  constructor(finding: string, advice = "Pass an intact file, for example by copying it again.") {
    super(printable(finding), { advice: printable(advice) });
  }
}

/** Throws the WeightsError of what was expected and what came. */
export type Refuse = (expected: string, got: string, advice?: string) => never;

/** The `Refuse` of one file; `source` is its name in errors. */
export const refuserOf =
  (source: string): Refuse =>
  (expected, got, advice) => {
    throw new WeightsError(`${source}: expected ${expected}, got ${got}`, advice);
  };
