/**
 * @file All that a benchmark measured, ready to be printed.
 */
import type { Growth } from "./growth.ts";
import type { Timing } from "./timing.ts";

export interface SpeedReport {
  /** What was timed: "DeiT S/16, 224 x 224, float32, 2 threads". */
  readonly title: string;
  readonly settings: readonly SpeedSetting[];
  readonly growths: readonly Growth[];
  /** What the reader must know about these numbers. */
  readonly notes: readonly string[];
}

/** Contestants that took turns. */
export interface SpeedSetting {
  /** In the CSV: "train". */
  readonly id: string;
  /** "training step" */
  readonly title: string;
  readonly timings: readonly Timing[];
  /** Which is held against which, by the names of the contestants. */
  readonly pairs: readonly { readonly of: string; readonly to: string }[];
  /** The matrix products that its floor consists of. */
  readonly products?: readonly TimedProduct[];
}

/** A matrix product that a step computes, and what its kernel takes by itself. */
export interface TimedProduct {
  /** "[1576, 384] x [1536, 384]ᵀ" */
  readonly shape: string;
  /** How often the step computes it. */
  readonly count: number;
  /** Of one. */
  readonly flop: number;
  /** Of one. */
  readonly seconds: number;
  /** The number of threads that suits it best. */
  readonly threads: number;
}
