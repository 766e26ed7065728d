import { random } from "@mvt/core";
import { describe, expect, test } from "vitest";

const draws = (seed: number, name: string, n = 8) => {
  const stream = random.stream(seed, name);
  return Array.from({ length: n }, () => stream.uniform());
};

describe("a random stream", () => {
  test("is determined by seed and name", () => {
    expect(draws(1, "a")).toEqual(draws(1, "a"));
    expect(draws(1, "a")).not.toEqual(draws(2, "a"));
    expect(draws(1, "a")).not.toEqual(draws(1, "b"));
  });

  test("never changes, so that runs can be repeated years later", () => {
    expect(draws(0, "init", 3)).toMatchInlineSnapshot(`
      [
        0.3663111836748181,
        0.61670100652325,
        0.40938115570571243,
      ]
    `);
  });

  test("is uniform with mean 1/2 and variance 1/12", () => {
    const x = draws(3, "uniform", 20_000);
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  test("is normal with mean 0, standard deviation 1 and kurtosis 3", () => {
    const stream = random.stream(3, "normal");
    const x = Array.from({ length: 40_000 }, () => stream.normal());
    const moment = (k: number) => x.reduce((a, b) => a + b ** k, 0) / x.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
  });

  // Mean a / (a + b), variance ab / ((a + b)² (a + b + 1)).
  test.for([
    [0.2, 0.2],
    [1, 1],
    [2, 5],
    [0.001, 0.001], // gamma variates of this shape are 0 in floating point
  ] as const)("is beta-distributed with the mean and variance of Beta(%f, %f)", ([a, b]) => {
    const stream = random.stream(3, "beta");
    const x = Array.from({ length: 40_000 }, () => stream.beta(a, b));
    const mean = x.reduce((sum, value) => sum + value) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    expect(x.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(mean).toBeCloseTo(a / (a + b), 2);
    expect(variance).toBeCloseTo((a * b) / ((a + b) ** 2 * (a + b + 1)), 2);
  });

  // P(X < t) = 2/π asin √t of Beta(1/2, 1/2), the arcsine distribution.
  test("has the distribution function of Beta(1/2, 1/2)", () => {
    const stream = random.stream(3, "arcsine");
    const x = Array.from({ length: 40_000 }, () => stream.beta(0.5, 0.5));
    for (const t of [0.01, 0.1, 0.3, 0.5, 0.9]) {
      const share = x.filter((value) => value < t).length / x.length;
      expect(share).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(t)), 2);
    }
  });

  test("permutes without loss", () => {
    const order = random.stream(5, "order").permutation(1000);
    expect(order.toSorted()).toEqual(Int32Array.from({ length: 1000 }, (_, i) => i));
    expect(order).not.toEqual(order.toSorted());
  });
});
