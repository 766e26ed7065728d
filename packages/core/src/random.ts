/**
 * @file Random streams by name.
 *
 * A stream depends only on a seed and a name ("init/blocks.0.attn.qkv.weight", "augment/epoch 3/17"), so what is drawn
 * never depends on other draws or on timing. The generator is xoroshiro128+ (Blackman and Vigna, 2018); its initial
 * state is the SHA-256 of seed and name.
 */
import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

export interface Stream {
  /** Uniform on [low, high), 53 bits; [0, 1) without arguments. */
  uniform(low?: number, high?: number): number;
  /** Uniform over the integers 0 .. below - 1. */
  integer(below: number): number;
  /** Normal with the given mean and standard deviation. */
  normal(mean?: number, std?: number): number;
  /** True with probability p. */
  bernoulli(p: number): boolean;
  /** Beta-distributed on [0, 1]; both parameters are above 0. Small ones give values near 0 and 1. */
  beta(a: number, b: number): number;
  /** The integers 0 .. n - 1 in uniformly random order. */
  permutation(n: number): Int32Array;
}

/** The stream called `name` under `seed`. */
export function stream(seed: number, name: string): Stream {
  const digest = createHash("sha256").update(`${seed}/${name}`).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  let spare: number | undefined;

  const uniform = (low = 0, high = 1) => low + (high - low) * uniformFloat64(generator);
  const integer = (below: number) => uniformInt(generator, 0, below - 1);

  const normal = (mean = 0, std = 1) => {
    // Marsaglia's polar method makes two values; the second is kept for the next call.
    let z = spare;
    spare = undefined;
    while (z === undefined) {
      const u = uniform(-1, 1);
      const v = uniform(-1, 1);
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const r = Math.sqrt((-2 * Math.log(s)) / s);
        z = u * r;
        spare = v * r;
      }
    }
    return mean + std * z;
  };

  /**
   * The logarithm of a draw from the gamma distribution: the draw itself would be 0 for a small shape. Marsaglia and
   * Tsang, "A Simple Method for Generating Gamma Variables", 2000: for shape + 1, then times U^(1 / shape).
   */
  const logGamma = (shape: number): number => {
    const d = shape + 1 - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      if (Math.log(1 - uniform()) >= x ** 2 / 2 + d * (1 - v + Math.log(v))) continue;
      return Math.log(d * v) + Math.log(1 - uniform()) / shape;
    }
  };

  return {
    uniform,
    integer,
    normal,
    bernoulli: (p) => uniform() < p,
    beta: (a, b) => 1 / (1 + Math.exp(-logGamma(a) + logGamma(b))), // X / (X + Y)
    permutation(n) {
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i -= 1) {
        const j = integer(i + 1); // Fisher and Yates
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    },
  };
}
