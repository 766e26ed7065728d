/**
 * @file Stopping runs that train: a signal sets a flag in memory that all threads share; each run finishes its step,
 * writes a checkpoint and ends.
 */
import { constants } from "node:os";

/** The signals that stop training. Batch systems send SIGTERM or SIGUSR1 some time before they kill. */
export const stopSignals = ["SIGINT", "SIGTERM", "SIGUSR1"] as const;
export type StopSignal = (typeof stopSignals)[number];

/** Shared memory with the number of the signal that asks to stop; 0 while none does. */
export type StopFlag = Int32Array<SharedArrayBuffer>;

/** A flag that nobody has set. */
export function createStopFlag(): StopFlag {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Asks every run that has this flag to stop. */
export function requestStop(flag: StopFlag, signal: StopSignal): void {
  Atomics.store(flag, 0, constants.signals[signal]);
}

/** The signal that asks to stop; undefined while none does. */
export function stopAsked(flag: StopFlag | undefined): StopSignal | undefined {
  const number = flag === undefined ? 0 : Atomics.load(flag, 0);
  return stopSignals.find((signal) => constants.signals[signal] === number);
}

/** A run has stopped because it was asked to; it goes on from its checkpoint when it is trained again. */
export class TrainingStopped extends Error {
  override readonly name = "TrainingStopped";
  readonly signal: StopSignal;
  /** Steps that its checkpoint holds. */
  readonly step: number;

  constructor(signal: StopSignal, step: number) {
    super(`stopped at ${signal} after step ${step}`);
    this.signal = signal;
    this.step = step;
  }
}

/** A command has stopped because it was asked to: what is kept, and how to go on. */
export class CommandStopped extends Error {
  override readonly name = "CommandStopped";
  /** 128 and the number of the signal, as shells have it. */
  readonly exitCode: number;

  /** `left`: what is left, and how to go on, in sentences. */
  constructor(signal: StopSignal, left: string) {
    super(`stopped at ${signal}: ${left}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** That training stopped: in these runs, each with the steps that it keeps. */
export function trainingStopped(
  signal: StopSignal,
  runs: readonly { readonly title: string; readonly step: number }[],
): CommandStopped {
  const kept = runs.map(({ title, step }) => `${title} after step ${step}`);
  const where = kept.length === 0 ? "between runs" : kept.join("; ");
  return new CommandStopped(signal, `${where}. The same command goes on from there.`);
}

/**
 * Has the first signal set the flag, while `work` runs. One of a terminal that comes second, or that is followed by another,
 * ends the process at once, as if nobody listened: what is written at that moment is whole or not there. Those of
 * batch systems count once, for these repeat them: Slurm sends SIGUSR1, SIGTERM when the time is over, and the latter to a
 * script and its processes, each of which may pass it on.
 */
export async function whileStoppable<Result>(
  flag: StopFlag,
  work: () => Promise<Result>,
): Promise<Result> {
  const onSignal = (signal: StopSignal) => {
    const first = stopAsked(flag);
    if (first === undefined) return requestStop(flag, signal);
    if (first !== "SIGINT" && signal !== "SIGINT") return;
    unlisten();
    process.kill(process.pid, signal);
  };
  const unlisten = () => {
    for (const signal of stopSignals) process.off(signal, onSignal);
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  try {
    return await work();
  } finally {
    unlisten();
  }
}
