/**
 * @file A batch as several micro-batches. The gradients of a batch are sums over its micro-batches, which can therefore
 * be computed one after another, in less memory, or side by side.
 */
import { input } from "../ops/sources.ts";
import type { Tensor } from "../tensor.ts";
import { concatenated } from "../weights/weights.ts";
import { inputOf } from "./program.ts";
import type { Backend, Feed, Feeds, Results } from "./program.ts";

/** How a program that describes one micro-batch computes a whole batch. */
export interface MicroBatches {
  /** The number of micro-batches in a batch. */
  readonly count: number;
  /** Inputs with one entry per sample on their first axis: a run is fed those of the whole batch. */
  readonly samples: readonly Tensor[];
  /** Inputs that contain, in every micro-batch, what another input contains for the whole batch. */
  readonly whole?: readonly { readonly input: Tensor; readonly of: Tensor }[];
  /** The names of outputs that are added up, such as the loss. The others are joined along their first axis. */
  readonly sums?: readonly string[];
}

/** The samples that a training program describes: a batch, or one of its micro-batches. */
export interface DividedBatch {
  /** How many there are. */
  readonly size: number;
  /** The input `weights` [size]: 1 for a sample, 0 for padding. */
  readonly weights: Tensor;
  /** The weights of the whole batch [B], whose sum divides losses that are means over the batch. */
  readonly batchWeights: Tensor;
  /** How the program computes the batch from its `samples` and `sums`. Undefined if it describes the whole batch. */
  microBatches(samples: readonly Tensor[], sums: readonly string[]): MicroBatches | undefined;
}

/** A batch of B samples in so many micro-batches. Throws RangeError if B is no multiple of `count`. */
export function divideBatch(B: number, count = 1): DividedBatch {
  requireMultiple("divideBatch", B, count);
  const size = B / count;
  const weights = input("weights", [size]);
  if (count === 1) return { size, weights, batchWeights: weights, microBatches: () => undefined };
  const batchWeights = input("batchWeights", [B]);
  return {
    size,
    weights,
    batchWeights,
    microBatches: (samples, sums) => ({
      count,
      samples,
      whole: [{ input: batchWeights, of: weights }],
      sums,
    }),
  };
}

/**
 * The number of micro-batches of a batch: `accumulate` one after another, each divided again into as many as the
 * backend computes side by side, if it divides evenly. Throws RangeError if `accumulate` does not divide the batch.
 */
export function microBatchesOf(
  batchSize: number,
  { sideBySide = 1 }: Pick<Backend, "sideBySide">,
  accumulate = 1,
): number {
  requireMultiple("microBatchesOf", batchSize, accumulate);
  const size = batchSize / accumulate;
  return accumulate * largestDivisor(size, sideBySide);
}

function requireMultiple(caller: string, batchSize: number, count: number): void {
  if (batchSize % count === 0) return;
  throw new RangeError(
    `${caller}: expected a batch that is a multiple of ${count} micro-batches, got ${batchSize} samples`,
  );
}

/** The largest divisor of `count` that is at most `most`. */
export function largestDivisor(count: number, most: number): number {
  let divisor = Math.min(most, count);
  while (count % divisor !== 0) divisor -= 1;
  return divisor;
}

/** The feeds of the micro-batch with this index. */
export function feedsOfMicroBatch(
  { count, samples, whole = [] }: MicroBatches,
  given: Feeds,
  index: number,
): Feeds {
  const feeds: Record<string, Feed> = { ...given };
  for (const x of samples) {
    const { name } = inputOf(x);
    const all = given[name];
    if (all === undefined) continue; // the check of the micro-batch's feeds reports it
    const length = all.length / count;
    feeds[name] = all.subarray(index * length, (index + 1) * length);
  }
  for (const each of whole) {
    const all = given[inputOf(each.of).name];
    if (all !== undefined) feeds[inputOf(each.input).name] = all;
  }
  return feeds;
}

/** The results of a batch, from those of its micro-batches. */
export function joinResults({ sums = [] }: MicroBatches, results: readonly Results[]): Results {
  const joined = Object.keys(results[0]!).map((name): [string, Float32Array] => {
    const values = results.map((each) => each[name]!);
    return [name, sums.includes(name) ? added(values) : concatenated(values)];
  });
  return Object.fromEntries(joined);
}

function added(arrays: readonly Float32Array[]): Float32Array {
  const total = Float32Array.from(arrays[0]!);
  for (const array of arrays.slice(1)) {
    for (const [i, value] of array.entries()) total[i]! += value;
  }
  return total;
}
