/** @file The error of this package that callers catch by its class. */
import { UserError } from "@mvt/common";

/** Something about a data set's files or the options for them is not as it must be. */
export class DatasetError extends UserError {
  override readonly name = "DatasetError";
}
