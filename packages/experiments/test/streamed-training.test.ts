/** @file Training on pictures that stay in their files. */
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { fingerprint } from "@mvt/datasets";
import type { Dataset } from "@mvt/datasets";
import { drawFaces } from "./fixtures/faces.ts";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { configFor } from "./fixtures/run-config.ts";
import { folderOf, train } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";

let dataset: Dataset;
let open: (images: "memory" | "stream") => Promise<TinyRun>;

beforeAll(async () => {
  const folder = await makeFolder();
  dataset = await drawFaces(join(folder, "data"), "raf-db");
  open = async (storage) => {
    const options = { imageSize: 16, validationShare: 0.2, cacheFolder: join(folder, "cache") };
    const data = await openedData(dataset, { ...options, images: storage });
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
  }, 60_000); // threads start for every evaluation

  test("stops where an image has been replaced, and can be trained when it is back", async () => {
    const run = await open("stream");
    const runs = await temporaryFolder(onTestFinished);
    const [face, other] = dataset.splits.train.map(({ image }) =>
      image.kind === "file" ? image.path : "",
    );
    const bytes = await readFile(face!);
    const { atime, mtime } = await stat(face!);
    const put = async (content: Uint8Array) => {
      await writeFile(face!, content);
      await utimes(face!, atime, mtime);
    };
    await put(await readFile(other!));
    await expect(train(run, runs, { loaderThreads: 0 })).rejects.toThrow(
      `${face!}: expected the image that was there when the command began, found another one`,
    );

    await rm(face!);
    await expect(train(run, runs, { loaderThreads: 0 })).rejects.toThrow("ENOENT");
    expect(await folderOf(run, runs).result()).toBeUndefined();

    await put(bytes);
    await train(run, runs, { loaderThreads: 0 });
    expect(await folderOf(run, runs).result()).toBeDefined();
  }, 60_000);

  test("is another than the run on images that were replaced before, and so are the pixels", async () => {
    const before = { ...(await open("memory")), fingerprint: await fingerprint(dataset) };
    const paths = dataset.splits.train.map(({ image }) =>
      image.kind === "file" ? image.path : "",
    );
    const files = await Promise.all(
      paths.map(async (path) => ({ path, bytes: await readFile(path) })),
    );
    const bySize = files.toSorted((x, y) => x.bytes.length - y.bytes.length);
    const [small, large] = [bySize.at(0), bySize.at(-1)];
    const { atime, mtime } = await stat(large!.path);
    onTestFinished(() => writeFile(large!.path, large!.bytes));
    const changed = Buffer.alloc(large!.bytes.length);
    small!.bytes.copy(changed);
    await writeFile(large!.path, changed);
    await utimes(large!.path, atime, mtime); // neither size nor time tells
    expect(await fingerprint(dataset)).not.toBe(before.fingerprint);
    expect((await open("memory")).data.train.images).not.toEqual(before.data.train.images);
  });
});
