/** @file The matchers that every test in this repository has. */
import { expect } from "vitest";

export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

expect.extend({
  /** |actual - expected| <= atol + rtol |expected| for every element, as in numpy.allclose. */
  toBeAllClose(
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    { rtol = 1e-5, atol = 1e-8 }: Tolerance = {},
  ) {
    if (actual.length !== expected.length) {
      return {
        pass: false,
        message: () => `expected ${expected.length} elements, got ${actual.length}`,
      };
    }
    let worst = -1;
    let excess = 0;
    for (let i = 0; i < expected.length; i += 1) {
      const over = Math.abs(actual[i]! - expected[i]!) - (atol + rtol * Math.abs(expected[i]!));
      if (over > excess || Number.isNaN(over)) {
        worst = i;
        excess = Number.isNaN(over) ? Infinity : over;
      }
    }
    return {
      pass: worst === -1,
      message: () =>
        worst === -1
          ? "expected the arrays to differ"
          : `element ${worst}: expected ${expected[worst]}, got ${actual[worst]} (rtol ${rtol}, atol ${atol})`,
    };
  },
});

declare module "vitest" {
  interface Matchers<R> {
    toBeAllClose: (expected: ArrayLike<number>, tolerance?: Tolerance) => R;
  }
}
