/** @file Folds of the training images, and runs that leave one out. */
import { readFile } from "node:fs/promises";
import { onnxBackend } from "@mvt/core";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { describe, expect, test } from "vitest";
import { foldsOf, withoutFold } from "../src/data/folds.ts";
import { evaluateRun } from "../src/training/evaluate-run.ts";
import { readHeldOut } from "../src/runs/held-out.ts";
import { readLabels } from "../src/runs/read-labels.ts";
import { runId } from "../src/settings/run-config.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { folderOf, train } from "./fixtures/train.ts";

/** 37 images of three classes: 23, 9 and 5. */
const labels = Int32Array.from({ length: 37 }, (_, i) => (i % 4 === 0 ? 1 : i % 7 === 3 ? 2 : 0));
const count = (values: Int32Array, wanted: number) => values.filter((one) => one === wanted).length;

describe("folds", () => {
  test("give every image to one of them", () => {
    const folds = foldsOf(labels, 5);
    expect(folds).toHaveLength(labels.length);
    expect(new Set(folds)).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  test("have as many images of each class, give or take one, and as many in all", () => {
    const folds = foldsOf(labels, 5);
    const sizes = (holds: (i: number) => boolean) =>
      [1, 2, 3, 4, 5].map((k) =>
        count(
          folds.filter((_, i) => holds(i)),
          k,
        ),
      );
    const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    for (const label of [0, 1, 2]) {
      expect(spread(sizes((i) => labels[i] === label))).toBeLessThanOrEqual(1);
    }
    expect(spread(sizes(() => true))).toBeLessThanOrEqual(1);
  });

  test("are the same every time, and mixed within a class", () => {
    expect(foldsOf(labels, 5)).toEqual(foldsOf(labels, 5));
    const ofClass = foldsOf(labels, 5).filter((_, i) => labels[i] === 0);
    expect([...ofClass]).not.toEqual([...ofClass.keys()].map((i) => 1 + (i % 5)));
  });

  test("depend on the labels that the run is given", () => {
    const noisy = labels.map((label, i) => (i === 3 ? (label + 1) % 3 : label));
    expect(foldsOf(noisy, 5)).not.toEqual(foldsOf(labels, 5));
  });
});

describe("data without a fold", () => {
  const data = {
    ...tinyData({ imageSize: 16 }),
    trainTruth: Int32Array.from({ length: 24 }, (_, i) => i),
  };
  const folds = foldsOf(data.train.labels, 4);

  test("have the other images with their rows, labels and truth, and the fold by itself", () => {
    const { data: rest, heldOut } = withoutFold(data, { k: 2, of: 4 });
    const kept = [...folds.keys()].filter((i) => folds[i] !== 2);
    const left = [...folds.keys()].filter((i) => folds[i] === 2);
    expect(left).toHaveLength(6);
    expect([...rest.train.rows]).toEqual(kept);
    expect(rest.train.ids).toEqual(kept.map((i) => data.train.ids[i]));
    expect([...rest.train.labels]).toEqual(kept.map((i) => data.train.labels[i]));
    expect([...rest.trainTruth!]).toEqual(kept);
    expect([...heldOut.rows]).toEqual(left);
    expect(heldOut.ids).toEqual(left.map((i) => data.train.ids[i]));
  });

  test("keep validation and test images", () => {
    const { data: rest } = withoutFold(data, { k: 1, of: 4 });
    expect(rest.validation).toBe(data.validation);
    expect(rest.test).toBe(data.test);
  });

  test("are refused with more folds than images", () => {
    expect(() => withoutFold(data, { k: 1, of: 25 })).toThrow(
      "--folds 25: expected at most as many folds as training images, which are 24. Pass a smaller number; 5 is usual.",
    );
  });
});

describe("a run without a fold", () => {
  const fold = { k: 1, of: 3 };
  const config = {
    ...tinyConfig,
    model: { ...tinyConfig.model, classes: 3 },
    training: { ...tinyConfig.training, epochs: 2 },
  };

  test("has an id of its own for every fold", () => {
    const ids = [undefined, fold, { k: 2, of: 3 }, { k: 1, of: 4 }].map((one) =>
      runId(one ? { ...config, fold: one } : config),
    );
    expect(new Set(ids).size).toBe(4);
  });

  test(
    "predicts the fold with its last weights and learns from the others",
    { tags: ["slow"] },
    async () => {
      const folder = await makeFolder();
      try {
        const whole = tinyData(config.model);
        const run = { ...withoutFold(whole, fold), config: { ...config, fold } };
        await train(run, folder);
        const left = folderOf(run, folder);
        const probabilities = await readHeldOut(left, whole.classes);
        expect([...probabilities.keys()]).toEqual(run.heldOut.ids);
        const evaluation = {
          config: run.config,
          run: left,
          runsFolder: folder,
          weights: "last",
        } as const;
        const backend = await onnxBackend({ threads: 1 });
        const again = await evaluateRun(evaluation, run.heldOut, backend);
        expect([...probabilities.values()].flatMap((row) => [...row])).toBeAllClose(
          again.probabilities,
          { rtol: 1e-6 },
        );
        expect((await readLabels(left)).map(({ id }) => id)).toEqual(run.data.train.ids);
      } finally {
        await removeFolder(folder);
      }
    },
  );

  test("on all images leaves no such file", { tags: ["slow"] }, async () => {
    const folder = await makeFolder();
    try {
      const run = { data: tinyData(config.model), config };
      await train(run, folder);
      const file = readFile(folderOf(run, folder).path("held-out.csv"));
      await expect(file).rejects.toThrow("ENOENT");
    } finally {
      await removeFolder(folder);
    }
  });
});
