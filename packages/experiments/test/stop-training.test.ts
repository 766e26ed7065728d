/** @file Training that ends once it is right often enough on its own images. */
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { EpochMetrics } from "../src/runs/result.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { configFor } from "./fixtures/run-config.ts";
import { folderOf, readMetrics, resultOf, train } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

let data: OpenedData;
/** Six epochs that nothing stops, as metrics. */
let whole: readonly EpochMetrics[];

const epochs = 6;
const tiny = (stopAtTrainAccuracy?: number): TinyRun => {
  const config = configFor(data);
  const training = { ...config.training, epochs };
  const stop = stopAtTrainAccuracy === undefined ? {} : { stopAtTrainAccuracy };
  return { config: { ...config, training: { ...training, ...stop } }, data };
};

beforeAll(async () => {
  const folder = await makeFolder();
  data = await openedData(await drawFaces(join(folder, "data"), "raf-db"), {
    imageSize: 16,
    validationShare: 0.2,
    cacheFolder: join(folder, "cache"),
  });
  await train(tiny(), join(folder, "runs"));
  whole = await readMetrics(tiny(), join(folder, "runs"));
  return () => removeFolder(folder);
});

/** The first epoch that is more often right than the first, and its training accuracy. */
function middle() {
  const { epoch, train: right } = whole.find(({ train: { k } }) => k > whole[0]!.train.k)!;
  return { epoch, accuracy: right.k / right.n };
}

/** All but the speed, which is the clock's. */
const lines = (metrics: readonly EpochMetrics[]) =>
  metrics.map((epoch) => {
    const { imagesPerSecond: _, ...line } = epoch;
    return line;
  });

describe("stopAtTrainAccuracy", () => {
  test("ends training after the first epoch that reaches it", async () => {
    const { epoch, accuracy } = middle();
    expect(epoch).toBeLessThan(epochs);
    const folder = await temporaryFolder(onTestFinished);
    const run = tiny(accuracy);
    await train(run, folder);
    expect(lines(await readMetrics(run, folder))).toEqual(lines(whole.slice(0, epoch)));
    const result = await resultOf(run, folder);
    expect(result).toMatchObject({ epochs: epoch, last: { epoch } });
  });

  test("changes nothing where it is not reached", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const run = tiny(1);
    await train(run, folder);
    expect(lines(await readMetrics(run, folder))).toEqual(lines(whole));
  });

  test("lets an interrupted run end where it would have ended", async () => {
    const { epoch, accuracy } = middle();
    const [once, twice] = [
      await temporaryFolder(onTestFinished),
      await temporaryFolder(onTestFinished),
    ];
    const run = tiny(accuracy);
    await train(run, once);
    const interrupt = (metrics: EpochMetrics) => {
      if (metrics.epoch === epoch) throw new Error("interrupted");
    };
    await expect(train(run, twice, { onEpoch: interrupt })).rejects.toThrow("interrupted");
    await train(run, twice);
    expect(lines(await readMetrics(run, twice))).toEqual(lines(await readMetrics(run, once)));
    for (const file of ["last.safetensors", "predictions.csv", "result.json"] as const) {
      const bytes = await folderOf(run, once).read(file);
      expect(bytes).toBeDefined();
      expect(await folderOf(run, twice).read(file)).toEqual(bytes);
    }
  });
});
