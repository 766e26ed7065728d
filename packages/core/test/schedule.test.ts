import { cosine, exponential, withWarmup } from "@mvt/core";
import { describe, expect, test } from "vitest";

describe("a learning rate schedule", () => {
  test("exponential: falls by γ after every epoch, as ExponentialLR", () => {
    const rate = exponential(9e-5, 0.9);
    expect([0, 0.99, 1, 2.5].map(rate)).toBeAllClose([9e-5, 9e-5, 8.1e-5, 7.29e-5]);
  });

  test("cosine: starts at the rate, is half way in the middle, ends at the floor and stays there", () => {
    expect([0, 5, 10, 12].map(cosine(1, 10, 0.2))).toBeAllClose([1, 0.6, 0.2, 0.2]);
  });

  test("warm-up: rises linearly to what follows", () => {
    const rate = withWarmup(exponential(1, 1), 2);
    expect([0, 0.5, 1, 2, 3].map(rate)).toBeAllClose([0, 0.25, 0.5, 1, 1]);
  });

  test("warm-up of no epochs: changes nothing", () => {
    expect(withWarmup(exponential(1, 1), 0)(0)).toBe(1);
  });
});
