/** @file The settings in which masks are studied. */
import { difficulties } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { scales } from "../src/settings/scales.ts";
import { clutterSettings } from "../src/studies/clutter.ts";
import { maskFactors } from "../src/studies/mask-factors.ts";

describe("the factors of masks", () => {
  const [still, , moving, base, ...changed] = maskFactors(scales.quick);

  test("begin with the paper's m and objective on faces that stay where they are", () => {
    const { m, setting } = still!;
    expect(m).toBe(0.15);
    expect(setting.synthetic.difficulty).toBe("standard");
    expect(setting.mgn).toEqual({ ...scales.quick.mgn, epochs: 10 });
  });

  test("go on to faces that move and to a larger m, one at a time", () => {
    expect(moving!.m).toBe(still!.m);
    expect(moving!.setting.synthetic.difficulty).toBe("moving");
    expect({ ...base!.setting, title: "" }).toEqual({ ...moving!.setting, title: "" });
    expect(base!.m).toBe(0.6);
  });

  test("change one thing more in each of the others", () => {
    for (const { m, setting } of changed) {
      expect(m).toBe(base!.m);
      expect(setting.synthetic).toEqual(base!.setting.synthetic);
      expect(setting.training).toEqual(base!.setting.training);
      const options = Object.entries(setting.mgn).filter(
        ([key, value]) => (base!.setting.mgn as Readonly<Record<string, unknown>>)[key] !== value,
      );
      expect(options.length).toBe(1);
    }
  });

  test("have names of their own", () => {
    const titles = maskFactors(scales.quick).map(({ setting }) => setting.title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe("the settings of clutter", () => {
  test("differ in what is around and in front of the faces, and in nothing else", () => {
    const settings = clutterSettings(scales.quick).map(({ synthetic, training, mgn }) => {
      const { knobs, ...faces } = synthetic;
      expect(Object.keys(knobs!)).toEqual(["clutter", "bystanders", "occlusion"]);
      return { training, mgn, faces };
    });
    expect(settings[1]).toEqual(settings[0]);
    expect(settings[2]).toEqual(settings[0]);
  });

  test("have faces that are off the middle", () => {
    const { difficulty } = clutterSettings(scales.quick)[0]!.synthetic;
    expect(difficulties[difficulty].shift).toBeGreaterThan(difficulties.standard.shift);
  });
});
