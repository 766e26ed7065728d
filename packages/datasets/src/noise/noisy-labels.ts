/** @file Puts noise into labels. */
import { sum } from "@mvt/common";
import { random } from "@mvt/core";
import { wrongCount } from "../synthetic/faces.ts";
import { noiseKinds } from "./kinds.ts";
import type { LabelSet, NoiseKind, NoiseKindDefinition } from "./kinds.ts";

export interface Noise {
  readonly kind: NoiseKind;
  /** The share of labels that become wrong, 0 to 1. */
  readonly rate: number;
  readonly seed: number;
}

export interface NoiseTarget extends LabelSet {
  /** [n] sample ids. What an image's label becomes depends on its id, not on its place. */
  readonly ids: readonly string[];
  /** Names the random streams: another name gives other noise under the same seed. */
  readonly name: string;
}

/**
 * [n] labels of which exactly round(rate n) are wrong.
 *
 * Images are drawn without replacement, by the order of log(weight) plus Gumbel noise (Efraimidis and Spirakis, 2006;
 * Kool et al., ICML 2019, arXiv:1903.06059). With one seed, labels that are wrong at a low rate are wrong in the same way
 * at a higher one. Every random number is determined by seed, name and the image's id.
 *
 * Throws a RangeError for a rate outside 0 to 1 and for fewer than two classes.
 */
export function noisyLabels(target: NoiseTarget, { kind, rate, seed }: Noise): Int32Array {
  const { labels, classes, ids, name } = target;
  if (!(rate >= 0 && rate <= 1)) {
    throw new RangeError(`noisyLabels: expected a rate from 0 to 1, got ${rate}`);
  }
  if (classes.length < 2) {
    throw new RangeError(`noisyLabels: expected two classes or more, got ${classes.length}`);
  }
  const definition: NoiseKindDefinition = noiseKinds[kind];
  const drawn = Array.from(labels, (label, i) => {
    const stream = random.stream(seed, `label noise/${name}/${ids[i]}`);
    const weight = definition.weight?.(target, i) ?? 1;
    const priority = Math.log(weight) - Math.log(-Math.log(stream.uniform()));
    return { i, priority, wrong: draw(definition.shares(target, i), label, stream) };
  });
  const noisy = labels.slice();
  const first = drawn.toSorted((a, b) => descending(a.priority, b.priority) || a.i - b.i);
  for (const { i, wrong } of first.slice(0, wrongCount(rate, labels.length))) noisy[i] = wrong;
  return noisy;
}

/** Compares infinite numbers, too. */
function descending(a: number, b: number): number {
  return a === b ? 0 : b > a ? 1 : -1;
}

/** A class other than `label`, in proportion to `shares` [K]; uniformly if all others are 0. */
function draw(shares: readonly number[], label: number, stream: random.Stream): number {
  const others = shares.map((share, j) => (j === label ? 0 : share));
  const total = sum(others);
  const weights = total > 0 ? others : shares.map((_, j) => Number(j !== label));
  let left = stream.uniform() * (total > 0 ? total : shares.length - 1);
  for (const [j, weight] of weights.entries()) {
    if (weight > 0 && left < weight) return j;
    left -= weight;
  }
  return weights.findLastIndex((weight) => weight > 0); // rounding left nothing below the last weight
}
