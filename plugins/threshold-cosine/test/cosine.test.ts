import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { cutOff, instantiate, loadThreshold, thresholds } from "@mvt/relabel";
import { describe, expect, test } from "vitest";
import cosine from "../src/index.ts";
import own from "../package.json" with { type: "json" };

const folder = resolve(import.meta.dirname, "..");
const repository = resolve(folder, "../..");

describe("the cosine threshold", () => {
  const { f } = instantiate(cosine);

  test("is 0 at 0, a half at rise / 2 and 1 from rise on", () => {
    expect([0, 0.25, 0.5, 0.75, 1].map(f)).toBeAllClose([0, 0.5, 1, 1, 1]);
  });

  test("is flat at both ends of its rise, so that nothing switches suddenly", () => {
    const slopeAt = (p: number) => (f(p + 1e-6) - f(p)) / 1e-6;
    expect([0, 0.5].map(slopeAt)).toBeAllClose([0, 0], { atol: 1e-4 });
    expect(slopeAt(0.25)).toBeCloseTo(Math.PI, 4); // height * pi / (2 * rise), the steepest
  });

  test("asks little more than SCN's constant of a label that is ruled out", () => {
    const linear = instantiate(thresholds.linear);
    expect(f(0.02)).toBeLessThan(linear.f(0.02) / 5);
  });

  test("stops relabelling at P_gt = .211, before the linear function (.267)", () => {
    expect(cutOff(instantiate(cosine), 0.2)).toBeCloseTo(0.211, 3);
    expect(cutOff(instantiate(cosine, { height: 0 }), 0.2)).toBeCloseTo(0.4, 12);
  });

  test("satisfies Eq. 6's conditions over the range of its parameters", () => {
    for (const height of [0, 0.3, 5]) {
      for (const rise of [0.01, 0.3, 1]) {
        expect(() => instantiate(cosine, { height, rise })).not.toThrow();
      }
    }
  });

  test.each([
    ["its folder", `./plugins/${basename(folder)}`, repository],
    ["its file", `./plugins/${basename(folder)}/src/index.ts`, repository],
    ["its file's URL", pathToFileURL(resolve(folder, "src/index.ts")).href, repository],
    ["its package name", own.name, folder],
  ])("loads by %s", async (_, spec, from) => {
    const threshold = await loadThreshold(`${spec}:rise=0.4`, { from });
    expect(threshold).toMatchObject({ name: "cosine", parameters: { height: 1, rise: 0.4 } });
    expect(threshold.f(0.4)).toBe(1);
  });
});
