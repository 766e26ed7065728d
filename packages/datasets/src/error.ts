/** @file The error of this package that callers catch by its class. */
import { UserError } from "@mvt/common";

/** Something is wrong with the files of a data set, or with the options for them. */
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
