/** @file Scores of labels against cleanlab's, and their limits. */
import { readFileSync } from "node:fs";
import {
  logMargin,
  normalizedMargin,
  rankingScoreNames,
  rankingScores,
  selfConfidence,
} from "@mvt/relabel";
import { describe, expect, test } from "vitest";

interface GoldenCase {
  readonly name: string;
  readonly labels: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly selfConfidence: readonly number[];
  readonly normalizedMargin: readonly number[];
  readonly logMargin: readonly number[];
}

/** Made by golden/scores.py. */
const golden = JSON.parse(readFileSync(new URL("golden/scores.json", import.meta.url), "utf8")) as {
  readonly cases: readonly GoldenCase[];
};

describe("scores of labels", () => {
  test.for(golden.cases)("agree with cleanlab: $name", (expected) => {
    const of = (score: (p: readonly number[], given: number) => number) =>
      expected.probabilities.map((row, i) => score(row, expected.labels[i]!));
    expect(of(selfConfidence)).toEqual(expected.selfConfidence);
    expect(of(normalizedMargin)).toBeAllClose(expected.normalizedMargin, { rtol: 1e-14 });
    expect(of(logMargin)).toBeAllClose(expected.logMargin, { rtol: 1e-9, atol: 1e-12 });
  });

  test("are lower for a label that the probabilities contradict", () => {
    const p = [0.1, 0.7, 0.2];
    for (const score of [selfConfidence, normalizedMargin, logMargin]) {
      expect(score(p, 0)).toBeLessThan(score(p, 2));
      expect(score(p, 2)).toBeLessThan(score(p, 1));
    }
  });

  test("span 0 to 1 but for the margin of the logits", () => {
    expect([selfConfidence([0, 1], 0), selfConfidence([0, 1], 1)]).toEqual([0, 1]);
    expect([normalizedMargin([0, 1], 0), normalizedMargin([0, 1], 1)]).toEqual([0, 1]);
    expect(normalizedMargin([0.5, 0.5], 0)).toBe(0.5);
  });

  test("stay finite where float32 rounds a probability to 0", () => {
    expect(logMargin(Float32Array.of(0, 1), 0)).toBeCloseTo(-126 * Math.LN2, 9);
    expect(logMargin(Float32Array.of(0, 1), 1)).toBeCloseTo(126 * Math.LN2, 9);
  });

  test("have columns of their own", () => {
    expect(rankingScoreNames.map((name) => rankingScores[name].column)).toEqual([
      "self_confidence",
      "normalized_margin",
      "aum",
    ]);
  });
});
