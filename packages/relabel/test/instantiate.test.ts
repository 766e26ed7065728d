/** @file What instantiate accepts, and what it says about everything else. */
import { CommandLineError, UserError } from "@mvt/common";
import { defineThreshold, instantiate, thresholds } from "@mvt/relabel";
import { describe, expect, expectTypeOf, test } from "vitest";

function withF(f: (pGt: number) => unknown) {
  return { name: "mine", about: "a test", parameters: {}, f: f as (pGt: number) => number };
}

describe("defineThreshold", () => {
  test("infers the names of the parameters for f", () => {
    const power = defineThreshold({
      name: "power",
      about: "p^exponent",
      parameters: { exponent: { default: 3, about: "how late it rises" } },
      f(pGt, parameters) {
        expectTypeOf(parameters).toEqualTypeOf<Readonly<Record<"exponent", number>>>();
        return pGt ** parameters.exponent;
      },
    });
    expect(instantiate(power).f(0.5)).toBe(0.125);
    expect(instantiate(power, { exponent: 1 }).f(0.5)).toBe(0.5);
    // @ts-expect-error: no such parameter
    expect(() => instantiate(power, { exponents: 1 })).toThrow(CommandLineError);
  });
});

describe("a threshold's parameters", () => {
  const { sigmoid, constant } = thresholds;
  const message = (overrides: Record<string, number>) => {
    try {
      instantiate<string>(sigmoid, overrides);
    } catch (error) {
      return error instanceof UserError ? error.message : error;
    }
    return "nothing thrown";
  };

  test("must have a known name, and the nearest is suggested", () => {
    expect(message({ x1: 0.3 })).toMatchInlineSnapshot(
      `"threshold "sigmoid": there is no parameter "x1"; it has scale, k, x0. Did you mean "x0"?"`,
    );
    expect(() => instantiate<string>(constant, { scale: 1 })).toThrow("it takes no parameters");
  });

  test("must lie in their range", () => {
    expect(message({ k: -3 })).toMatchInlineSnapshot(
      `"threshold "sigmoid": expected k (steepness: the slope at x0 is scale * k / 4) to be a number not below 0, got -3. Its default is 10."`,
    );
    expect(message({ x0: Number.NaN })).toMatchInlineSnapshot(
      `"threshold "sigmoid": expected x0 (the P_gt at which f is half of scale) to be a finite number, got NaN. Its default is 0.5."`,
    );
  });

  test("must have a default in their range, too", () => {
    const definition = {
      ...withF(() => 0),
      parameters: { a: { default: 2, about: "share", min: 0, max: 1 } },
    };
    expect(() => instantiate(definition)).toThrow(
      "expected a (share) to be a number from 0 to 1, got 2",
    );
    expect(instantiate(definition, { a: 1 }).parameters).toEqual({ a: 1 });
  });
});

describe("a threshold's f", () => {
  const message = (f: (pGt: number) => unknown) => {
    try {
      instantiate(withF(f));
    } catch (error) {
      return error instanceof CommandLineError ? error.message : error;
    }
    return "nothing thrown";
  };

  test("must be finite", () => {
    expect(message((p) => 1 / (1 - p))).toMatchInlineSnapshot(
      `"threshold "mine": f must be finite, but at P_gt = 1 it is Infinity. Return a finite number for every P_gt in [0, 1]."`,
    );
    expect(message((p) => Math.log(p))).toContain("finite, but at P_gt = 0 it is -Infinity");
    expect(message(() => undefined)).toContain("finite, but at P_gt = 0 it is undefined");
    expect(message(() => "0.5")).toContain('finite, but at P_gt = 0 it is "0.5"');
  });

  test("must be nonnegative", () => {
    expect(message((p) => p - 0.25)).toMatchInlineSnapshot(
      `"threshold "mine": f must be nonnegative, but at P_gt = 0 it is -0.25. Clip it at 0: delta is the lower limit of the threshold."`,
    );
  });

  test("must not decrease", () => {
    expect(message((p) => p * (1 - p))).toMatchInlineSnapshot(
      `"threshold "mine": f must be non-decreasing, but at P_gt = 0.500244140625 it falls to 0.24999994039535522, from 0.25 at P_gt = 0.5. Make it rise or stay level from 0 to 1."`,
    );
  });

  test("may lose to rounding what no decision can notice", () => {
    expect(message((p) => 0.1 - 1e-15 * p)).toBe("nothing thrown");
    expect(message((p) => p - 1e-15)).toBe("nothing thrown");
  });

  test("must be the same for the same P_gt", () => {
    let calls = 0;
    expect(
      message(() => {
        calls += 1;
        return calls;
      }),
    ).toMatchInlineSnapshot(
      `"threshold "mine": f must be the same for the same P_gt, but at P_gt = 0 it is 1 once and 2 the next time. Use no random numbers, no clock and no state."`,
    );
  });

  test("must not throw, and what it threw is kept as the cause", () => {
    const cause = new RangeError("no table entry");
    const broken = withF((p) => {
      if (p > 0.5) throw cause;
      return p;
    });
    expect(() => instantiate(broken)).toThrow(
      expect.objectContaining({
        name: "CommandLineError",
        cause,
        message:
          'threshold "mine": f must be a function that never throws, but at P_gt = 0.500244140625 it threw: no table entry.',
      }),
    );
  });

  test("is named when it throws later, between the points of the grid", () => {
    const threshold = instantiate(
      withF((p) => {
        if (p === 1 / 3) throw new Error("a third");
        return p;
      }),
    );
    expect(() => threshold.f(1 / 3)).toThrow('threshold "mine": f must be a function that never');
  });

  test("names the parameters that it was called with", () => {
    const definition = {
      ...withF(() => 0),
      parameters: { a: { default: 2, about: "slope" } },
      f: (p: number, { a }: Readonly<Record<string, number>>) => a! * p,
    };
    expect(() => instantiate(definition, { a: -1 })).toThrow(
      "at P_gt = 0.000244140625, a = -1 it is",
    );
  });
});
