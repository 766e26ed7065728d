/** @file Evaluating a run on the test images of another data set: which of them, with which labels. */
import { describe, expect, test } from "vitest";
import { sharedClasses } from "../src/evaluation/shared-classes.ts";
import type { PreparedData, Subset } from "../src/data/prepared.ts";

const images = {} as Subset["images"];
const subset: Subset = {
  images,
  rows: Int32Array.of(10, 11, 12, 13, 14),
  ids: ["a", "b", "c", "d", "e"],
  labels: Int32Array.of(0, 1, 2, 1, 0),
};
const data = {
  classes: ["happiness", "contempt", "fear"],
  dataset: { title: "AffectNet-8" },
} as unknown as PreparedData;

describe("the images of another data set", () => {
  test("have the run's class of the same expression, whatever its number is", () => {
    const shared = sharedClasses(subset, data, ["contempt", "fear", "happiness"]);
    expect(shared).toEqual({
      subset: { ...subset, labels: Int32Array.of(2, 0, 1, 0, 2) },
      notes: [],
    });
  });

  test("are left out where the run has no class for them, and counted by class", () => {
    const shared = sharedClasses(subset, data, ["fear", "happiness"]);
    expect(shared).toEqual({
      subset: {
        images,
        rows: Int32Array.of(10, 12, 14),
        ids: ["a", "c", "e"],
        labels: Int32Array.of(1, 0, 1),
      },
      notes: [
        "AffectNet-8: 2 of 5 images are left out, since the run has no class for them: contempt (2).",
      ],
    });
  });

  test("may lack classes that the run can predict, which is said", () => {
    const known = ["happiness", "contempt", "fear", "anger"];
    expect(sharedClasses(subset, data, known).notes).toEqual([
      "AffectNet-8 has no images of anger, which the run may still predict: such predictions are errors.",
    ]);
  });

  test("are refused where no class is common", () => {
    expect(() => sharedClasses(subset, data, ["anger", "sadness"])).toThrow(
      "--on AffectNet-8: expected images of the run's classes (anger, sadness), found only happiness, contempt, fear. Choose another data set.",
    );
  });
});
