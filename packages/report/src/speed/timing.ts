/** @file What was timed: the steps of several implementations. In every round each of them runs some steps in turn. */
import { median } from "simple-statistics";

/** The steps of one implementation in one setting. */
export interface Timing {
  /** Its name on the command line and in the CSV: "onnx-cpu". */
  readonly id: string;
  /** For people: "this project, ONNX Runtime, CPU". */
  readonly title: string;
  /** Images per step. */
  readonly batchSize: number;
  /** Seconds of every step, by round; an empty list for a round it was not part of. */
  readonly rounds: readonly (readonly number[])[];
  /** Bytes: the peak resident memory of its process. Absent if it was not measured. */
  readonly peak?: number;
}

/** One implementation relative to another. */
export interface Ratio {
  /** Over the rounds that both were part of; slow phases of the machine affect both. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

/** The median of all steps, in seconds. */
export function medianSeconds({ rounds }: Timing): number {
  return median(rounds.flat());
}

/** The fastest step, in seconds: noise of a shared machine only ever adds time. */
export function fastestSeconds({ rounds }: Timing): number {
  return Math.min(...rounds.flat());
}

export function imagesPerSecond(timing: Timing): number {
  return timing.batchSize / medianSeconds(timing);
}

/**
 * The images per second of `one` divided by those of `other`, from each round's median step.
 * Undefined if no round has both.
 */
export function speedRatio(one: Timing, other: Timing): Ratio | undefined {
  const ratios = one.rounds.flatMap((steps, round) => {
    const others = other.rounds[round] ?? [];
    if (steps.length === 0 || others.length === 0) return [];
    return one.batchSize / median([...steps]) / (other.batchSize / median([...others]));
  });
  if (ratios.length === 0) return undefined;
  return {
    median: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
    rounds: ratios.length,
  };
}

/** The peak memory of `one` divided by that of `other`; undefined unless both are known, for equal batches. */
export function memoryRatio(one: Timing, other: Timing): number | undefined {
  if (one.peak === undefined || other.peak === undefined) return undefined;
  return one.batchSize === other.batchSize ? one.peak / other.peak : undefined;
}
