/** @file Eq. 5 and 6 on numbers worked out by hand. */
import { cutOff, decide, instantiate, thresholds } from "@mvt/relabel";
import { describe, expect, test } from "vitest";

const delta = 0.2;
const [constant, linear, quadratic, sigmoid] = Object.values(thresholds).map((definition) =>
  instantiate<string>(definition),
);

describe("Eq. 5", () => {
  test("relabels when P_max exceeds P_gt by more than delta", () => {
    expect(decide([0.25, 0.5, 0.25], 0, { threshold: constant!, delta })).toEqual({
      label: 1,
      pMax: 0.5,
      pGt: 0.25,
      threshold: 0.2,
      relabelled: true,
    });
  });

  test("keeps the label when the difference is exactly delta", () => {
    const decision = decide([0.25, 0.5, 0.25], 2, { threshold: constant!, delta: 0.25 });
    expect(decision).toMatchObject({ label: 2, relabelled: false });
  });

  test("keeps the label when it is the most probable one", () => {
    const decision = decide([0.1, 0.9], 1, { threshold: constant!, delta: 0 });
    expect(decision).toEqual({ label: 1, pMax: 0.9, pGt: 0.9, threshold: 0, relabelled: false });
  });

  test("takes the first of equal maxima", () => {
    const decision = decide([0.1, 0.45, 0.45], 0, { threshold: constant!, delta });
    expect(decision).toMatchObject({ label: 1, relabelled: true });
  });

  test("never relabels on probabilities that are not numbers", () => {
    const decision = decide([Number.NaN, Number.NaN], 1, { threshold: constant!, delta });
    expect(decision).toMatchObject({ label: 1, relabelled: false });
  });
});

/** The paper's example of a P_gt that is "relatively high" (section 3.3). */
describe("Eq. 6 at P_gt = .3", () => {
  // f(.3) + .2: 0 + .2; .09 + .2; 1/(1 + e^2) + .2 = .3192; .3 + .2. P_max is at most .7.
  test.each([
    { threshold: constant!, limit: 0.2, at: 0.55, relabelled: true },
    { threshold: constant!, limit: 0.2, at: 0.49, relabelled: false },
    { threshold: quadratic!, limit: 0.29, at: 0.6, relabelled: true },
    { threshold: quadratic!, limit: 0.29, at: 0.58, relabelled: false },
    { threshold: sigmoid!, limit: 0.319203, at: 0.63, relabelled: true },
    { threshold: sigmoid!, limit: 0.319203, at: 0.61, relabelled: false },
    { threshold: linear!, limit: 0.5, at: 0.7, relabelled: false },
  ])(
    "with $threshold.name and P_max = $at relabels: $relabelled",
    ({ threshold, limit, at, relabelled }) => {
      const decision = decide([0.3, at, 0.7 - at], 0, { threshold, delta });
      expect(decision.threshold).toBeCloseTo(limit, 6);
      expect(decision.relabelled).toBe(relabelled);
    },
  );
});

describe("Eq. 6 on a grid of all P_gt and P_max", () => {
  const step = 1 / 64; // exact in binary, so that sums of probabilities are too
  const decisions = (threshold: typeof constant) => {
    const found: { pGt: number; pMax: number; relabelled: boolean }[] = [];
    for (let pGt = 0; pGt <= 1; pGt += step) {
      for (let pMax = 0; pMax <= 1 - pGt; pMax += step) {
        const rest = 1 - pGt - pMax;
        if (rest / 5 <= pMax) {
          const row = [pGt, pMax, ...Array.from({ length: 5 }, () => rest / 5)];
          found.push({
            pGt,
            pMax,
            relabelled: decide(row, 0, { threshold: threshold!, delta }).relabelled,
          });
        }
      }
    }
    return found;
  };

  test.each([
    { threshold: constant! },
    { threshold: linear! },
    { threshold: quadratic! },
    { threshold: sigmoid! },
  ])("$threshold.name relabels below its cut-off and nowhere else", ({ threshold }) => {
    const end = cutOff(threshold, delta);
    const relabelled = decisions(threshold).filter((decision) => decision.relabelled);
    expect(Math.max(...relabelled.map(({ pGt }) => pGt))).toBeGreaterThan(end - step);
    expect(Math.max(...relabelled.map(({ pGt }) => pGt))).toBeLessThan(end);
  });

  test("whatever a rising f relabels, the constant one relabels too", () => {
    const always = decisions(constant);
    for (const threshold of [linear, quadratic, sigmoid]) {
      const stricter = decisions(threshold);
      expect(stricter.every(({ relabelled }, i) => !relabelled || always[i]!.relabelled)).toBe(
        true,
      );
      expect(stricter.filter(({ relabelled }) => relabelled).length).toBeLessThan(
        always.filter(({ relabelled }) => relabelled).length,
      );
    }
  });

  test("a greater P_max never takes a new label back", () => {
    for (const threshold of [constant, linear, quadratic, sigmoid]) {
      const all = decisions(threshold);
      const takenBack = all.filter(({ pGt, relabelled }, i) => {
        const next = all[i + 1]; // the next greater P_max, if P_gt is the same
        return relabelled && next?.pGt === pGt && !next.relabelled;
      });
      expect(takenBack).toEqual([]);
    }
  });
});
