/** @file The errors for what a user asked and cannot have. They are shown without a stack. */
import { UserError } from "@mvt/common";

/** Message: what was expected, what came, what to do. */
export class UsageError extends UserError {
  override readonly name: string = "UsageError";
}

/** The command line itself is wrong: no file, no data and no disk could make it right. */
export class CommandLineError extends UsageError {
  override readonly name = "CommandLineError";

  constructor(message: string) {
    super(message, { exitCode: 2 });
  }
}

/** What one report needs is not there: among several, the others are made without it. */
export class UnavailableError extends UsageError {
  override readonly name = "UnavailableError";
}
