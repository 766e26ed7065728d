/** @file Training with images drawn so that every class is as likely. */
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { drawFaces } from "./fixtures/faces.ts";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { configFor } from "./fixtures/run-config.ts";
import { folderOf, readMetrics, train } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

let data: OpenedData;

beforeAll(async () => {
  const folder = await makeFolder();
  data = await openedData(await drawFaces(join(folder, "data"), "raf-db"), {
    imageSize: 16,
    validationShare: 0.2,
    cacheFolder: join(folder, "cache"),
  });
  return () => removeFolder(folder);
});

describe("a balanced sampler", () => {
  const balanced = (sampler: "shuffled" | "balanced"): TinyRun => {
    const config = configFor(data);
    return { config: { ...config, training: { ...config.training, epochs: 1, sampler } }, data };
  };

  test("draws as many images as there are, and trains to the same weights each time", async () => {
    const [one, two] = [
      await temporaryFolder(onTestFinished),
      await temporaryFolder(onTestFinished),
    ];
    const [run1, run2] = [balanced("balanced"), balanced("balanced")];
    await train(run1, one);
    await train(run2, two);
    const weights = (tiny: TinyRun, folder: string) =>
      folderOf(tiny, folder).read("last.safetensors");
    expect(await weights(run2, two)).toEqual(await weights(run1, one));
    expect((await readMetrics(run1, one))[0]!.train.n).toBe(data.train.rows.length);
    const shuffled = balanced("shuffled");
    await train(shuffled, one);
    expect(await weights(shuffled, one)).not.toEqual(await weights(run1, one));
  });
});
