/** @file What is fuzzed: a parser, valid inputs of it, and what must hold of every other input. */
import type { Arbitrary } from "fast-check";

/** A parser of files or texts of others. A package lists its own in test/fuzz/targets.ts. */
export interface FuzzTarget {
  /** Unique among all packages: "safetensors". */
  readonly name: string;
  /** Valid inputs. The parser must accept each; mutated inputs are made of them. */
  readonly seeds: readonly Uint8Array[];
  /** Inputs that are well-formed on the outside, such as JSON with odd values; made half of the time. */
  readonly structured?: Arbitrary<Uint8Array>;
  /** What the parser makes of an input. It throws one of the project's own errors for an input that it refuses. */
  readonly parse: (input: Uint8Array) => unknown;
  /** The format holds a checksum: a changed input must be refused, or give what one of the seeds gives. */
  readonly checksum?: boolean;
  /** The parser refuses by an Error that is only a reason; its callers name the file in an error of their own. */
  readonly refusesByReason?: boolean;
  /** Of the whole process while it parses, instead of `mostBytes`. */
  readonly mostBytes?: number;
  /** Share of the usual number of inputs, for a slow parser; 1 if absent. */
  readonly share?: number;
}

/** The module that lists a package's targets. */
export interface FuzzModule {
  readonly targets: readonly FuzzTarget[];
}

/** What may go wrong with an input. */
export const failureKinds = ["error", "hang", "memory", "difference", "accepted", "crash"] as const;
export type FailureKind = (typeof failureKinds)[number];

/** One input that a parser does not deal with. */
export interface FuzzFailure {
  readonly target: string;
  readonly seed: number;
  /** The number of the input; -1 - i of seed i of the target. */
  readonly input: number;
  readonly kind: FailureKind;
  /** The stack of the error, or what differs. */
  readonly what: string;
}

/** How many inputs of a target were parsed, refused and so on. */
export interface TargetCounts {
  readonly target: string;
  parsed: number;
  refused: number;
  /** Of a target with a checksum: inputs that gave the same as a seed. They count as parsed, too. */
  same: number;
  /** The slowest input, in milliseconds. */
  slowest: number;
  /** The largest memory of the process so far, in bytes. */
  memory: number;
}

/** Milliseconds that an input may take. */
export const mostMilliseconds = 5000;

/** Bytes of memory that the process may hold while it parses. Node and the packages themselves take about 200 MiB. */
export const mostBytes = 2 ** 30;
