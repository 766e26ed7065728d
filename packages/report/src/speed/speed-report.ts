/** @file All that a benchmark measured, ready to be printed. */
import type { Scaling } from "./scaling.ts";
import type { Timing } from "./timing.ts";

export interface SpeedReport {
  /** What was timed: "DeiT S/16, 224 x 224, float32, 2 threads". */
  readonly title: string;
  readonly settings: readonly SpeedSetting[];
  readonly scalings: readonly Scaling[];
  /** What the reader must know about these numbers. */
  readonly notes: readonly string[];
}

/** One computation, timed for several implementations in turn. */
export interface SpeedSetting {
  /** In the CSV: "train". */
  readonly id: string;
  /** "training step" */
  readonly title: string;
  readonly timings: readonly Timing[];
  /** The ratios to print, by the ids of the timings. */
  readonly pairs: readonly { readonly of: string; readonly to: string }[];
  /** The matrix products of the step, if they were timed alone. */
  readonly products?: readonly TimedProduct[];
}

/** A matrix product that a step computes, and the time of its kernel alone. */
export interface TimedProduct {
  /** "[1576, 384] x [1536, 384]ᵀ" */
  readonly shape: string;
  /** How many times a step computes it. */
  readonly count: number;
  /** Of one product. */
  readonly flop: number;
  /** Of one product. */
  readonly seconds: number;
  /** The number of threads with which it is fastest. */
  readonly threads: number;
}
