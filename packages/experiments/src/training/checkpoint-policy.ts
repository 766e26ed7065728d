/** @file How often a run writes a checkpoint, and how many are kept. A run's id and result do not depend on it. */
import { CommandLineError } from "@mvt/common";

/** What `--checkpoint-every` takes. */
export const checkpointUnits = {
  steps: "after so many optimiser steps, such as 200steps",
  min: "after so many minutes, such as 5min",
  epoch: "only at the end of an epoch",
} as const;

export interface CheckpointPolicy {
  /** What is due within an epoch: after so many steps, after so many minutes, or never. */
  readonly every: { readonly steps: number } | { readonly minutes: number } | "epoch";
  /** How many checkpoints are kept: of these, the newest that is whole is gone on from. */
  readonly keep: number;
  /**
   * Milliseconds. An epoch that ends sooner after a checkpoint writes none, unless another run needs it or it is the
   * last: small networks have epochs of a second, and nothing is lost but that second.
   */
  readonly apart: number;
}

/** At most five minutes of work are lost. */
export const defaultCheckpoints = { every: "5min", keep: 2, apart: 2000 } as const;

/** What tests and callers without a policy get: a checkpoint at the end of every epoch. */
export const everyEpoch: CheckpointPolicy = { every: "epoch", keep: 2, apart: 0 };

/** "200steps", "5min" or "epoch", as it is typed after --checkpoint-every. Throws CommandLineError for other texts. */
export function parseInterval(text: string): CheckpointPolicy["every"] {
  if (text === "epoch") return "epoch";
  const [, number = "", unit] = /^(\d+(?:\.\d+)?) ?(steps?|min)$/.exec(text) ?? [];
  const value = Number(number);
  if (unit === "min" && value > 0) return { minutes: value };
  if (unit !== undefined && unit !== "min" && Number.isSafeInteger(value) && value > 0) {
    return { steps: value };
  }
  throw new CommandLineError(
    `--checkpoint-every ${text}: expected a whole number of steps, minutes, or epoch, such as 200steps or 5min.`,
  );
}
