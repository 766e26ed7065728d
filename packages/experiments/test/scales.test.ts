/** @file How each scale trains on each data set. */
import { datasetNames } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { scaleNames, scales, trainingOn } from "../src/settings/scales.ts";
import { scaleWith } from "../src/settings/scales.ts";

const others = datasetNames.filter((name) => !name.startsWith("affectnet"));

describe("the scale paper", () => {
  test.for(["affectnet-7", "affectnet-8"] as const)("trains on %s as the paper does", (name) => {
    const { training, mgn } = trainingOn(name, scales.paper);
    expect(training).toEqual({
      ...scales.paper.training,
      schedule: { ...scales.paper.training.schedule, learningRate: 1e-5 },
      sampler: "balanced",
      stopAtTrainAccuracy: 0.65,
    });
    expect(mgn).toEqual({
      ...scales.paper.mgn,
      learningRate: { discriminator: 1e-5, generator: 1e-5 },
    });
  });

  test.for(others)("trains on %s with the scale's own settings", (name) => {
    const { training } = trainingOn(name, scales.paper);
    expect(training).toBe(scales.paper.training);
    expect(training).not.toHaveProperty("stopAtTrainAccuracy");
    expect(training.schedule.learningRate).toBe(9e-5);
  });

  test("takes --set on AffectNet, too, and leaves its other settings", () => {
    const set = ["stopAtTrainAccuracy=0.7", "epochs=3", "mgn.epochs=2"];
    const { training, mgn } = trainingOn("affectnet-8", scaleWith("paper", set));
    expect(training).toMatchObject({
      epochs: 3,
      stopAtTrainAccuracy: 0.7,
      sampler: "balanced",
      schedule: { learningRate: 1e-5 },
    });
    expect(mgn).toMatchObject({ epochs: 2, learningRate: { generator: 1e-5 } });
  });
});

describe("the small scales", () => {
  test("train on every data set alike", () => {
    for (const name of scaleNames.filter((scale) => scale !== "paper")) {
      for (const dataset of datasetNames) {
        const { training, mgn } = scales[name];
        expect(trainingOn(dataset, scales[name])).toEqual({ training, mgn });
      }
    }
  });
});
