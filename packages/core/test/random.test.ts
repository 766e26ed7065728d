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

  test("permutes without loss", () => {
    const order = random.stream(5, "order").permutation(1000);
    expect(order.toSorted()).toEqual(Int32Array.from({ length: 1000 }, (_, i) => i));
    expect(order).not.toEqual(order.toSorted());
  });
});
