/**
 * @file A batch in parts: gradients of a part are summands of the batch's, so that parts can be computed one
 * after another, in a part's memory, or side by side.
 */
import type { Tensor } from "../tensor.ts";
import { inputOf } from "./program.ts";
import type { Backend, Feed, Feeds, Results } from "./program.ts";

/** What a program is a part of. It describes one part; a run takes the whole batch through all of them. */
export interface Parts {
  /** How many parts a batch has. */
  readonly count: number;
  /** Inputs with one entry of their first axis for every sample: a run feeds those of the whole batch. */
  readonly samples: readonly Tensor[];
  /** Inputs that hold, in every part, what a run feeds for all samples of another input. */
  readonly whole?: readonly { readonly input: Tensor; readonly of: Tensor }[];
  /** Names of outputs that add up, as gradients do. The others are joined along their first axis. */
  readonly sums?: readonly string[];
}

/**
 * In how many parts a batch goes: `accumulate` one after another, each cut again into as many as the backend
 * computes side by side, if that comes out even. Throws RangeError if `accumulate` does not divide the batch.
 */
export function partsOfBatch(
  batchSize: number,
  { sideBySide = 1 }: Pick<Backend, "sideBySide">,
  accumulate = 1,
): number {
  if (batchSize % accumulate !== 0) {
    throw new RangeError(
      `partsOfBatch: expected a batch that is a multiple of ${accumulate} parts, got ${batchSize} samples`,
    );
  }
  const part = batchSize / accumulate;
  let divisor = Math.min(sideBySide, part);
  while (part % divisor !== 0) divisor -= 1;
  return accumulate * divisor;
}

/** What part `index` is fed. */
export function feedsOfPart(
  { count, samples, whole = [] }: Parts,
  given: Feeds,
  index: number,
): Feeds {
  const feeds: Record<string, Feed> = { ...given };
  for (const x of samples) {
    const { name } = inputOf(x);
    const all = given[name];
    if (all === undefined) continue; // the check of a part's feeds says so
    const length = all.length / count;
    feeds[name] = all.subarray(index * length, (index + 1) * length);
  }
  for (const { input, of } of whole) {
    const all = given[inputOf(of).name];
    if (all !== undefined) feeds[inputOf(input).name] = all;
  }
  return feeds;
}

/** The batch's results out of the parts'. */
export function joinResults({ sums = [] }: Parts, parts: readonly Results[]): Results {
  const joined = Object.keys(parts[0]!).map((name): [string, Float32Array] => {
    const values = parts.map((results) => results[name]!);
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

function concatenated(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
