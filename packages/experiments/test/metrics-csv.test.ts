/** @file metrics.csv: what metrics.jsonl says, for spreadsheets and data frames. */
import { readFile } from "node:fs/promises";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { classifierCurves } from "../src/runs/measures.ts";
import { metricsCsv } from "../src/runs/metrics-csv.ts";
import { readMetrics } from "../src/runs/read-metrics.ts";
import { epochMetrics, mgnMetrics } from "../src/runs/result.ts";
import type { RunFolder } from "../src/runs/run-folder.ts";
import { verifyRun } from "../src/runs/verify-run.ts";
import { trainedClassifier, trainedGenerator, vouchAgain } from "./fixtures/trained-runs.ts";

let classifier: RunFolder;
let generator: RunFolder;

beforeAll(async () => {
  const runs = await makeFolder();
  classifier = await trainedClassifier(runs);
  generator = await trainedGenerator(runs, classifier);
  return () => removeFolder(runs);
});

const rowsOf = async (run: RunFolder): Promise<readonly Readonly<Record<string, string>>[]> =>
  parse(await readFile(run.path("metrics.csv"), "utf8"), { columns: true });

describe("metrics.csv", () => {
  test("has every number of a classifier's epochs, with all its digits", async () => {
    const epochs = await readMetrics(classifier, epochMetrics);
    expect(epochs).toHaveLength(2);
    expect(
      (await rowsOf(classifier)).map((row) =>
        Object.entries(row).map(([name, text]) => [name, Number(text)]),
      ),
    ).toEqual(
      epochs.map(({ epoch, learningRate, loss, train, validation, test: tested, relabelled }) => [
        ["epoch", epoch],
        ["learning_rate", learningRate],
        ["loss", loss],
        ["train_accuracy", train.k / train.n],
        ["validation_accuracy", validation.k / validation.n],
        ["test_accuracy", tested!.k / tested!.n],
        ["relabelled", relabelled],
      ]),
    );
  });

  test("has those of a mask generator", async () => {
    const [epoch] = await readMetrics(generator, mgnMetrics);
    expect(await rowsOf(generator)).toEqual([
      {
        epoch: "1",
        loss_discriminator: String(epoch!.LD),
        loss_generator: String(epoch!.LG),
        variance: String(epoch!.variance),
        area: String(epoch!.area),
        accuracy_generated: String(epoch!.accuracyGm),
        accuracy_random: String(epoch!.accuracyRm),
        mask_area: String(epoch!.meanArea),
        mask_spread: String(epoch!.spread),
        mask_bimodality: String(epoch!.bimodality),
        mask_position: String(epoch!.positionShare),
      },
    ]);
  });

  test("leaves empty what was not measured", () => {
    const count = { k: 1, n: 4 };
    const epoch = {
      epoch: 1,
      learningRate: 1e-7,
      loss: 2,
      train: count,
      relabelled: 0,
      validation: count,
      imagesPerSecond: 9,
    };
    expect(metricsCsv(classifierCurves([epoch]))).toBe(
      "epoch,learning_rate,loss,train_accuracy,validation_accuracy,test_accuracy,relabelled\n1,1e-7,2,0.25,0.25,,0\n",
    );
  });

  test("is not missed in a run of a version that wrote none", async () => {
    const files = ["metrics.csv", "manifest.json"] as const;
    const kept = await Promise.all(files.map((file) => readFile(classifier.path(file))));
    onTestFinished(async () => {
      for (const [i, file] of files.entries()) await classifier.write(file, kept[i]!);
    });
    const { files: sums, ...rest } = JSON.parse(String(kept[1])) as {
      files: Record<string, string>;
    };
    const { "metrics.csv": _, ...others } = sums;
    await classifier.write("manifest.json", JSON.stringify({ ...rest, files: others }));
    await classifier.remove("metrics.csv");
    await vouchAgain(classifier);
    expect(await verifyRun(classifier)).toMatchObject({ state: "verified", files: 8 });
  });
});
