/**
 * @file What was timed: steps of several contestants, in rounds of which each had its turn.
 */
import { median } from "simple-statistics";

/** One contestant's steps in one setting. */
export interface Timing {
  /** What names it on the command line and in the CSV: "onnx-cpu". */
  readonly contestant: string;
  /** For people: "this project, ONNX Runtime, CPU". */
  readonly title: string;
  /** Images per step. */
  readonly batchSize: number;
  /** Seconds of every step, by round; empty where it took no part. */
  readonly rounds: readonly (readonly number[])[];
  /** Bytes: the most resident memory that its process ever had. Absent where nobody would want it. */
  readonly peak?: number;
}

/** One contestant held against another. */
export interface Ratio {
  /** Of the rounds that both took part in; a machine that drifts does so for both. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

/** The median of all steps, in seconds. */
export function typicalSeconds({ rounds }: Timing): number {
  return median(rounds.flat());
}

/** Noise of a shared machine only ever adds time. */
export function fastestSeconds({ rounds }: Timing): number {
  return Math.min(...rounds.flat());
}

export function imagesPerSecond(timing: Timing): number {
  return timing.batchSize / typicalSeconds(timing);
}

/**
 * How many times as many images per second `one` does as `other`, from each round's median step.
 * Undefined where no round had both.
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

/** The memory of `one` as a share of that of `other`; undefined unless both are known, for steps of one size. */
export function memoryRatio(one: Timing, other: Timing): number | undefined {
  if (one.peak === undefined || other.peak === undefined) return undefined;
  return one.batchSize === other.batchSize ? one.peak / other.peak : undefined;
}
