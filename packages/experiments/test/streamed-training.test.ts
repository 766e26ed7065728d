/** @file Training on pictures that stay in their files. */
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { prepareData } from "../src/data/prepared.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { configFor } from "./fixtures/run-config.ts";
import { folderOf, train } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";

let open: (images: "memory" | "stream") => Promise<TinyRun>;

beforeAll(async () => {
  const folder = await makeFolder();
  const dataset = await drawFaces(join(folder, "data"), "raf-db");
  open = async (storage) => {
    const options = { imageSize: 16, validationShare: 0.2, cacheFolder: join(folder, "cache") };
    const data = await prepareData(dataset, { ...options, images: storage });
    const config = configFor(data);
    return { config: { ...config, training: { ...config.training, epochs: 1 } }, data };
  };
  return () => removeFolder(folder);
});

describe("a run on streamed pictures", () => {
  test("is the run on decoded ones: the same id, and every byte of weights and answers", async () => {
    const [memory, stream] = [await open("memory"), await open("stream")];
    const [one, two] = [
      await temporaryFolder(onTestFinished),
      await temporaryFolder(onTestFinished),
    ];
    await train(memory, one);
    await train(stream, two, { loaderThreads: 1 });
    const [left, right] = [folderOf(memory, one), folderOf(stream, two)];
    expect(right.id).toBe(left.id);
    for (const file of ["last.safetensors", "predictions.csv", "result.json"] as const) {
      const bytes = await left.read(file);
      expect(bytes).toBeDefined();
      expect(await right.read(file)).toEqual(bytes);
    }
  }, 20_000); // threads start for every evaluation
});
