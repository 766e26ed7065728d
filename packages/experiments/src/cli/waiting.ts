/** @file Whether a command waits for runs that another command trains. */
import { CommandLineError } from "@mvt/common";

/** The options of a command that trains. */
export interface WaitingArgs {
  readonly wait?: boolean;
  readonly noWait?: boolean;
}

/** Whether the command waits: it does unless it is told not to. Throws a CommandLineError if it is told both. */
export function waits({ wait, noWait }: WaitingArgs): boolean {
  if (wait === true && noWait === true) {
    throw new CommandLineError("--wait and --no-wait: expected one of them, got both.");
  }
  return wait !== false && noWait !== true;
}
