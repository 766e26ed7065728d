/** @file The error of this package that callers catch by its class. */
import { UserError } from "@mvt/common";

/** Something about a data set's files or the options for them is not as it must be. */
export class DatasetError extends UserError {
  override readonly name = "DatasetError";
}

/**
 * Throws a DatasetError unless `holds`.
 *
 * @param expected what, and by whom: "synthesize: expected labelNoise between 0 and 1"
 * @param advice a sentence: "Correct the option."
 */
export function requireThat(holds: boolean, expected: string, got: unknown, advice: string): void {
  if (!holds) throw new DatasetError(`${expected}, got ${JSON.stringify(got)}`, { advice });
}
