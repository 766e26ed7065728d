/** @file Runs that failed, and the error at the end of a command that names them. */
import { UserError } from "@mvt/common";
import type { PlannedRun } from "../runs/planned-run.ts";

/** Why a run failed, as plain data: an error loses its class on the way from a thread. */
export interface TrainingFailure {
  readonly reason: string;
  /** Of a defect of the program, which the user cannot mend. */
  readonly stack?: string;
}

export interface FailedRun extends TrainingFailure {
  readonly run: PlannedRun;
}

/** Some runs of a command failed; all others are finished. */
export class FailedRunsError extends UserError {
  override readonly name = "FailedRunsError";
  readonly failed: readonly FailedRun[];
  /** Of the defects among them, each once. */
  readonly stacks: readonly string[];

  /** @param among how many runs there were to train */
  constructor(failed: readonly FailedRun[], among: number) {
    const lines = failed.map(({ run, reason }) => `${run.title} (run ${run.id}): ${reason}`);
    super(
      among === 1
        ? lines[0]!
        : [
            `${failed.length} of ${among} runs failed. The others are finished and are kept when the command is repeated.`,
            ...lines,
          ].join("\n"),
    );
    this.failed = failed;
    this.stacks = [...new Set(failed.flatMap(({ stack }) => stack ?? []))];
  }
}
