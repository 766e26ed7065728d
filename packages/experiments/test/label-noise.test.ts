/** @file Label noise in runs: which labels it changes, and what reports say of it. */
import { onnxBackend } from "@mvt/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "@mvt/testing/folder";
import { countWrong, labelledData } from "../src/data/labelled-data.ts";
import { describeData } from "../src/runs/provenance.ts";
import type { NoiseConfig } from "../src/settings/run-config.ts";
import { evaluateRun } from "../src/training/evaluate-run.ts";
import { dataOfRun } from "../src/training/run-labels.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { drawnSet, realSet } from "./fixtures/memory-set.ts";
import { configFor } from "./fixtures/run-config.ts";
import { folderOf, train } from "./fixtures/train.ts";

/** Drawn faces, a quarter of whose labels are wrong. */
const drawn = drawnSet();
/** The same as real data: nothing is known beyond the labels. */
const real = realSet();

const symmetric: NoiseConfig = { kind: "symmetric", rate: 0.2, seed: 0 };

describe("noise in the labels of a run", () => {
  test("makes its share of training and of validation labels wrong, and no test label", () => {
    const noisy = labelledData(real, "raf-db", { noise: symmetric });
    const n = real.train.rows.length;
    expect(countWrong(noisy.train.labels, real.train.labels)).toBe(Math.round(0.2 * n));
    const held = real.validation.rows.length;
    expect(countWrong(noisy.validation.labels, real.validation.labels)).toBe(
      Math.round(0.2 * held),
    );
    expect(noisy.test).toBe(real.test);
  });

  test("takes the data set's own labels for the truth where no other is known", () => {
    const noisy = labelledData(real, "raf-db", { noise: symmetric });
    expect(noisy.trainTruth).toEqual(real.train.labels);
  });

  test("replaces the drawn-in noise of drawn faces", () => {
    const noisy = labelledData(drawn, "raf-db", { noise: symmetric });
    expect(noisy.trainTruth).toEqual(drawn.trainTruth);
    expect(countWrong(noisy.train.labels, drawn.trainTruth)).toBe(
      Math.round(0.2 * drawn.train.rows.length),
    );
  });

  test("spares validation labels if they are to be clean", () => {
    const clean = { noise: symmetric, validationLabels: "clean" } as const;
    expect(labelledData(real, "raf-db", clean).validation.labels).toEqual(real.validation.labels);
    const { validation } = labelledData(drawn, "raf-db", clean);
    expect(countWrong(validation.labels, drawn.validationTruth)).toBe(0);
  });

  test("is not trained on with true labels", () => {
    const { train: trained } = labelledData(drawn, "raf-db", { noise: symmetric, labels: "true" });
    expect(trained.labels).toEqual(drawn.trainTruth);
  });

  test("of a list changes the images that it names, held-out ones included", () => {
    const other = (label: number) => (label + 1) % 7;
    const named = [real.train, real.validation].map(
      ({ ids, labels }) => [ids[3]!, other(labels[3]!)] as const,
    );
    const noise = { kind: "list", sha256: "", wrong: 1, unlisted: 0 } as const;
    const noisy = labelledData(real, "raf-db", { noise }, { listed: new Map(named) });
    for (const split of ["train", "validation"] as const) {
      const changed = [...noisy[split].labels.keys()].filter(
        (i) => noisy[split].labels[i] !== real[split].labels[i],
      );
      expect(changed).toEqual([3]);
      expect(noisy[split].labels[3]).toBe(other(real[split].labels[3]!));
    }
  });
});

describe("noise from a run", () => {
  const noiseFrom = (kind: "pair" | "instance", run: string): NoiseConfig => ({
    kind,
    rate: 0.5,
    seed: 0,
    from: { run },
  });

  test("by pairs follows the confusions among its test images", async () => {
    const runsFolder = await temporaryFolder(onTestFinished);
    const { classes } = real;
    // Every class is taken for the one before it, once more often than for the one after it.
    const images = classes.flatMap((name, i) =>
      [i, i - 1, i - 1, i + 1].map(
        (answer, copy) => `${name}_${copy} ${name} ${classes.at(answer % 7)}`,
      ),
    );
    const run = await writeRun(runsFolder, configFor(real), predictionsOf(images, classes));
    const config = { ...configFor(real, 1), noise: noiseFrom("pair", run) };
    const backend = await onnxBackend({ threads: 1 });
    const noisy = await dataOfRun(real, config, { runsFolder, backend });
    const wrong = [...noisy.train.labels.entries()].filter(
      ([i, label]) => label !== real.train.labels[i],
    );
    expect(wrong).toHaveLength(Math.round(0.5 * real.train.rows.length));
    for (const [i, label] of wrong) expect(label).toBe((real.train.labels[i]! + 6) % 7);
  });

  test(
    "by instance follows its probabilities, each class by its name",
    { tags: ["slow"] },
    async () => {
      const runsFolder = await temporaryFolder(onTestFinished);
      const source = { config: configFor(real), data: real };
      await train(source, runsFolder);
      const run = folderOf(source, runsFolder);
      const config = { ...configFor(real, 1), noise: noiseFrom("instance", run.id) };
      const backend = await onnxBackend({ threads: 1 });
      const noisy = await dataOfRun(real, config, { runsFolder, backend });

      const evaluation = {
        config: source.config,
        run,
        runsFolder,
        weights: "validation-best",
      } as const;
      const { probabilities } = await evaluateRun(evaluation, real.train, backend);
      const expected = labelledData(real, "raf-db", config, {
        probabilities: { train: probabilities, validation: probabilities },
      });
      expect(noisy.train.labels).toEqual(expected.train.labels);
      expect(countWrong(noisy.train.labels, real.train.labels)).toBe(
        Math.round(0.5 * real.train.rows.length),
      );

      // Data with the classes in another order get the same noise by name.
      const classes = real.classes.toReversed();
      const turned = (labels: Int32Array) => labels.map((label) => 6 - label);
      const backwards = {
        ...real,
        classes,
        train: { ...real.train, labels: turned(real.train.labels) },
        validation: { ...real.validation, labels: turned(real.validation.labels) },
      };
      const other = await dataOfRun(backwards, config, { runsFolder, backend });
      // The images are the same; what they become is drawn in the order of the classes.
      const wrongIn = (labels: Int32Array, right: Int32Array) =>
        [...labels.keys()].filter((i) => labels[i] !== right[i]);
      expect(wrongIn(other.train.labels, backwards.train.labels)).toEqual(
        wrongIn(noisy.train.labels, real.train.labels),
      );
    },
  );
});

describe("what reports say of labels", () => {
  test("counts drawn-in noise", () => {
    expect(describeData(drawn).labelNoise).toEqual({
      wrong: countWrong(drawn.train.labels, drawn.trainTruth),
      of: drawn.train.rows.length,
      source: "drawn so on purpose",
      validation: "noisy",
    });
  });

  test("counts noise that is put in, and says whether validation has it", () => {
    const n = real.train.rows.length;
    const wrong = Math.round(0.2 * n);
    const source = "20 % symmetric noise";
    expect(describeData(real, { noise: symmetric }).labelNoise).toEqual({
      wrong,
      of: n,
      source,
      validation: "noisy",
    });
    expect(describeData(real, { noise: symmetric, validationLabels: "clean" }).labelNoise).toEqual({
      wrong,
      of: n,
      source,
      validation: "clean",
    });
  });

  test("counts what a list does; it cannot name images of a validation split", () => {
    const { splits } = real.dataset;
    const dataset = { ...real.dataset, splits: { ...splits, validation: splits.test } };
    const separate = { ...real, dataset, validation: real.test };
    const noise = { kind: "list", sha256: "0123456789", wrong: 3, unlisted: 2 } as const;
    const { labelNoise } = describeData(separate, { noise });
    expect(labelNoise).toEqual({
      wrong: 3,
      of: separate.train.rows.length,
      source: "list 01234567, which does not name 2 of them",
      validation: "clean",
    });
  });

  test("knows nothing of real labels as they are", () => {
    expect(describeData(real).labelNoise).toBeUndefined();
  });
});
