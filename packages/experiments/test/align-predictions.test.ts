/** @file Two runs are compared only on the same images. */
import { UserError } from "@mvt/common";
import { describe, expect, test } from "vitest";
import { alignPredictions } from "../src/runs/align-predictions.ts";
import type { PredictedRun } from "../src/runs/align-predictions.ts";
import { parsePredictions } from "../src/runs/predictions.ts";
import { predictionsOf } from "./fixtures/finished-run.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

type Data = Partial<(typeof tinyConfig)["data"]>;

const classes = ["fear", "anger"];

function answered(id: string, images: readonly string[], data: Data = {}): PredictedRun {
  return {
    id,
    config: { ...tinyConfig, data: { ...tinyConfig.data, ...data } },
    predictions: parsePredictions(predictionsOf(images, classes), "predictions.csv"),
  };
}

const real: Data = { kind: "real" };
const images = ["t1 fear fear", "t2 fear anger", "t3 anger anger"];
const refusal = (first: PredictedRun, second: PredictedRun) => () =>
  alignPredictions(first, second);

describe("two runs on the same images", () => {
  test("are matched by id, whatever the order of their files", () => {
    const second = answered("b", ["t3 anger fear", "t1 fear anger", "t2 fear fear"]);
    const { ids, labels, predicted } = alignPredictions(answered("a", images), second);
    expect(ids).toEqual(["t1", "t2", "t3"]);
    expect([...labels]).toEqual([0, 0, 1]);
    expect([...predicted]).toEqual([1, 0, 0]);
  });

  test("may differ in the training data, if the images are published ones", () => {
    const second = answered("b", images, { ...real, fingerprint: "another" });
    expect(alignPredictions(answered("a", images, real), second).ids).toHaveLength(3);
  });
});

describe("a comparison refuses", () => {
  test("with the error that the command line shows without a stack", () => {
    expect(refusal(answered("a", images), answered("b", images.slice(0, 2)))).toThrow(UserError);
  });

  test("runs on different data sets", () => {
    expect(
      refusal(answered("a", images, real), answered("b", images, { ...real, dataset: "ferplus" })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[UserError: runs a and b: expected runs on one data set, found real raf-db and real ferplus. \`pnpm exp runs list\` shows which run is on what.]`,
    );
  });

  test("a run on drawn and one on real images", () => {
    expect(
      refusal(answered("a", images), answered("b", images, real)),
    ).toThrowErrorMatchingInlineSnapshot(
      `[UserError: runs a and b: expected runs on one data set, found synthetic raf-db and real raf-db. \`pnpm exp runs list\` shows which run is on what.]`,
    );
  });

  test("synthetic sets that share nothing but the names of their images", () => {
    expect(
      refusal(answered("a", images), answered("b", images, { fingerprint: "fedcba9876543210" })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[UserError: runs a and b: expected runs on the same synthetic images, found two sets whose images only share their names (fingerprints 0123456789ab and fedcba987654). Compare runs of one --scale.]`,
    );
  });

  test("images that only one of them has", () => {
    expect(
      refusal(
        answered("a", images),
        answered("b", [...images.slice(1), "t4 fear fear", "t5 fear fear"]),
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[UserError: runs a and b: expected predictions for the same images, found 1 that only the first has (t1) and 2 that only the second has (t4). Compare runs of one data set, layout and labelling protocol.]`,
    );
    expect(
      refusal(answered("a", images), answered("b", images.slice(0, 2))),
    ).toThrowErrorMatchingInlineSnapshot(
      `[UserError: runs a and b: expected predictions for the same images, found 1 that only the first has (t3). Compare runs of one data set, layout and labelling protocol.]`,
    );
  });

  test("another label for an image, as another labelling protocol gives it", () => {
    expect(
      refusal(
        answered("a", images),
        answered("b", ["t1 fear fear", "t2 anger anger", "t3 anger anger"]),
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[UserError: runs a and b: expected the same label for every image, found fear and anger for t2. Compare runs of one labelling protocol.]`,
    );
  });

  test("other classes", () => {
    const second = answered("b", images);
    const more = { ...second.predictions, classes: [...classes, "joy"] };
    expect(
      refusal(answered("a", images), {
        ...second,
        predictions: more,
      }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[UserError: runs a and b: expected the same classes, found fear, anger and fear, anger, joy. Compare runs of one labelling protocol.]`,
    );
  });
});
