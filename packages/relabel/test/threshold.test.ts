/** @file The built-in functions f: their values, the laws of Eq. 6, and where they stop relabelling. */
import {
  cutOff,
  defineThreshold,
  thresholdFingerprint,
  instantiate,
  thresholds,
} from "@mvt/relabel";
import { describe, expect, test } from "vitest";

const { constant, linear, quadratic, sigmoid } = thresholds;

describe("the built-in thresholds", () => {
  test("stand in the order of Table 2", () => {
    expect(Object.keys(thresholds)).toEqual(["constant", "linear", "quadratic", "sigmoid"]);
  });

  test.each([
    { definition: constant, values: [0, 0, 0, 0, 0] },
    { definition: linear, values: [0, 0.25, 0.5, 0.75, 1] },
    { definition: quadratic, values: [0, 0.0625, 0.25, 0.5625, 1] },
    // 1 / (1 + e^5), 1 / (1 + e^2.5), 1/2, and by symmetry 1 minus the first two
    { definition: sigmoid, values: [0.00669285, 0.0758582, 0.5, 0.9241418, 0.99330715] },
  ])("$definition.name has its values at 0, 1/4, 1/2, 3/4 and 1", ({ definition, values }) => {
    expect([0, 0.25, 0.5, 0.75, 1].map(instantiate<string>(definition).f)).toBeAllClose(values);
  });

  test("are ordered quadratic < sigmoid < linear where relabelling can happen", () => {
    const [q, s, l] = [quadratic, sigmoid, linear].map((definition) => instantiate(definition));
    for (let p = 0.008; p < 0.5; p += 0.001) {
      expect(q!.f(p)).toBeLessThan(s!.f(p));
      expect(s!.f(p)).toBeLessThan(l!.f(p));
    }
  });

  test("take their parameters", () => {
    expect(instantiate(linear, { scale: 0.5 }).f(0.4)).toBeCloseTo(0.2, 15);
    expect(instantiate(quadratic, { scale: 2 }).f(0.5)).toBe(0.5);
    const early = instantiate(sigmoid, { k: 20, x0: 0.3 });
    expect(early.parameters).toEqual({ scale: 1, k: 20, x0: 0.3 });
    expect(early.f(0.3)).toBe(0.5);
    expect(early.f(0.4)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  });
});

describe("the cut-off", () => {
  test.each([
    { definition: constant, expected: 0.4 }, // 1 - 2p = .2
    { definition: quadratic, expected: Math.sqrt(1.8) - 1 }, // p^2 + 2p - .8 = 0; .342
    { definition: linear, expected: 0.8 / 3 }, // 1 - 2p = p + .2; .267
  ])(
    "of $definition.name is where 1 - 2p = f(p) + .2, solved by hand: $expected",
    ({ definition, expected }) => {
      expect(cutOff(instantiate<string>(definition), 0.2)).toBeCloseTo(expected, 14);
    },
  );

  test("is .400, .267, .342 and .326 in the order of Table 2, with delta = .2", () => {
    const cutOffs = [constant, linear, quadratic, sigmoid].map((definition) =>
      cutOff(instantiate<string>(definition), 0.2).toFixed(3),
    );
    expect(cutOffs).toEqual(["0.400", "0.267", "0.342", "0.326"]);
  });

  test("falls with a sigmoid that is steeper and earlier", () => {
    expect(cutOff(instantiate(sigmoid, { k: 20, x0: 0.3 }), 0.2)).toBeCloseTo(0.255, 3);
  });

  test("is 0 when nothing can be relabelled, and 1/2 when everything unequal can", () => {
    expect(cutOff(instantiate(constant), 1)).toBe(0);
    expect(cutOff(instantiate(sigmoid, { scale: 200 }), 0.2)).toBe(0);
    expect(cutOff(instantiate(constant), 0)).toBe(0.5);
  });

  test("is at the step of a function that jumps", () => {
    const step = defineThreshold({
      name: "step",
      about: "1 from .3 on",
      parameters: {},
      f: (pGt) => (pGt < 0.3 ? 0 : 1),
    });
    expect(cutOff(instantiate(step), 0.2)).toBe(0.3);
  });
});

describe("the fingerprint of a threshold", () => {
  test("is the same for the same function under another name", () => {
    const renamed = { ...quadratic, name: "square" };
    expect(thresholdFingerprint(instantiate(renamed))).toBe(
      thresholdFingerprint(instantiate(quadratic)),
    );
    expect(thresholdFingerprint(instantiate(quadratic))).toMatch(/^[0-9a-f]{16}$/);
  });

  test("differs when f or a parameter does", () => {
    const all = [
      ...[constant, linear, quadratic, sigmoid].map((d) => instantiate<string>(d)),
      instantiate(sigmoid, { k: 10.001 }),
    ].map(thresholdFingerprint);
    expect(new Set(all).size).toBe(5);
  });
});
