/** @file The curves of several runs in one picture. */
import { drawRunCurves } from "@mvt/report/figures/run-curves";
import type { RunCurves } from "@mvt/report/figures/run-curves";
import { describe, expect, test } from "vitest";
import { attributesOf, textsOf } from "./fixtures/svg.ts";

const loss = {
  title: "Loss",
  runs: [
    [2, 1.5, 1.2, 1.1],
    [1.9, 1.8],
  ],
};
const accuracy = {
  title: "Accuracy",
  share: true,
  runs: [
    [0.2, 0.4, undefined, 0.5],
    [0.3, 0.35],
  ],
};
const draw = (changes: Partial<RunCurves> = {}) =>
  drawRunCurves({
    title: "2 runs: RAF-DB",
    names: ["linear", "constant"],
    panels: [loss, accuracy],
    synthetic: false,
    ...changes,
  });

/** How many points the path of each line has. */
const pointsOfLines = (svg: string) =>
  attributesOf(svg, "path", "d")
    .filter((d) => /^M[\d.]+,[\d.]+(L[\d.]+,[\d.]+)+$/.test(d))
    .map((d) => d.split("L").length);

describe("the curves of runs", () => {
  test("name every run and every measure, shares in percent", async () => {
    const texts = textsOf(await draw());
    expect(texts).toEqual(
      expect.arrayContaining([
        "2 runs: RAF-DB",
        "linear",
        "constant",
        "Loss",
        "Accuracy (%)",
        "Epoch",
      ]),
    );
    expect(texts).toContain("50"); // percent, on the axis
  });

  test("tell a screen reader what they are", async () => {
    expect(await draw()).toContain(
      "<title>2 runs: RAF-DB</title><desc>Loss and Accuracy by epoch, of linear and constant.</desc>",
    );
  });

  test("end where a run ends, and pass over epochs without a value", async () => {
    expect(pointsOfLines(await draw({ panels: [loss] }))).toEqual([4, 2]);
    expect(pointsOfLines(await draw({ panels: [accuracy] }))).toEqual([3, 2]);
  });

  test("show a run of one epoch as a point", async () => {
    const one = (runs: readonly number[][]) => draw({ panels: [{ title: "Loss", runs }] });
    const marks = async (runs: readonly number[][]) =>
      [...(await one(runs)).matchAll(/<path transform="translate\(/g)].length;
    expect(await marks([[2, 1.9, 1.8], [1]])).toBe((await marks([[2, 1.9, 1.8], []])) + 1);
  });

  test("warn of synthetic data", async () => {
    expect(await draw({ synthetic: true })).toContain(
      "Synthetic data: faces drawn by this project.",
    );
    expect(await draw()).not.toContain("Synthetic data");
  });
});
