/** @file How an epoch went, in one line. */
import { describe, expect, test } from "vitest";
import { epochLine } from "../src/cli/run-summary.ts";
import type { EpochMetrics, MgnMetrics } from "../src/runs/result.ts";

const classifier: EpochMetrics = {
  epoch: 1,
  learningRate: 1e-3,
  loss: 1.23456,
  train: { k: 10, n: 40 },
  relabelled: 3,
  validation: { k: 1, n: 3 },
  test: { k: 5, n: 10 },
  imagesPerSecond: 812,
};

const generator: MgnMetrics = {
  epoch: 2,
  LD: 1.94591,
  LG: 0.12345,
  variance: 0.00123,
  area: 0.02,
  accuracyGm: 0.5,
  accuracyRm: 0.625,
  meanArea: 0.17,
  spread: 0.0456,
  bimodality: 0.3,
  positionShare: 0.4,
  collapse: [],
  imagesPerSecond: 300,
};

describe("the line of a classifier's epoch", () => {
  test("has loss, accuracies and speed, and what was relabelled", () => {
    expect(epochLine(classifier, 4)).toMatchInlineSnapshot(
      `"epoch 1/4  loss 1.235  train 25.0%  validation 33.3%  relabelled 3  812 images/s"`,
    );
  });

  test("does not speak of relabelling where no label changed", () => {
    expect(epochLine({ ...classifier, relabelled: 0 }, 4)).not.toContain("relabelled");
  });

  test("does not show the accuracy on test data, which nobody should choose by", () => {
    expect(epochLine(classifier, 4)).not.toContain("50.0%");
  });
});

describe("the line of a mask generator's epoch", () => {
  test("has both losses, the masks, and the discriminator's accuracy under them", () => {
    expect(epochLine(generator, 5)).toMatchInlineSnapshot(
      `"epoch 2/5  L_D 1.946  L_G 0.123  variance 0.0012  area 17.0%  spread 0.046  D under masks 50.0%, random 62.5%  300 images/s"`,
    );
  });

  test("ends in a warning for each thing that went wrong", () => {
    const collapse = ["all masks are alike", "nothing is masked"];
    expect(epochLine({ ...generator, collapse }, 5)).toMatch(
      / {2}warning: all masks are alike {2}warning: nothing is masked$/,
    );
  });
});
