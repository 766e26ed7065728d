/** @file Streamed images: the same batches as from memory, and the same refusal of what can not be read. */
import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import {
  chooseStorage,
  createBatchLoader,
  type DatasetError,
  decodeImages,
  defaultAugmentation,
  hashImages,
  type Images,
  loaderThreads,
  openImages,
  readRows,
  type Sample,
  shuffledOrder,
  streamImages,
} from "@mvt/datasets";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { picture, temporaryFolder } from "./fixtures/folder.ts";

const size = 12;
let folder: string;
let samples: Sample[];

/** Nine JPEGs, one of them cropped, and a picture from a table. */
beforeEach(async () => {
  folder = await temporaryFolder();
  samples = [];
  for (let i = 0; i < 9; i += 1) {
    const path = join(folder, `${i}.jpg`);
    await writeFile(path, await picture("jpeg", 3 + 2 * i));
    const crop = { left: 2, top: 1, width: 9, height: 11 };
    const image = { kind: "file", path, ...(i === 4 ? { crop } : {}) } as const;
    samples.push({ id: `train_${i}`, image, expression: "fear" });
  }
  const grey = Uint8Array.from({ length: 30 }, (_, i) => 8 * i).subarray(10, 26);
  const image = { kind: "pixels", width: 4, height: 4, grey } as const;
  samples.push({ id: "row", image, expression: "anger" });
});

const fromMemory = () => decodeImages(samples, { size, threads: 0 });
const streamed = (cacheFolder?: string) =>
  streamImages(samples, { size, threads: 0, ...(cacheFolder ? { cacheFolder } : {}) });

/** All batches of an epoch in which some rows come twice. */
async function batches(images: Images, threads: number, augmented: boolean) {
  const loader = createBatchLoader(images, { batchSize: 4, threads });
  onTestFinished(() => loader.close());
  const order = Int32Array.from([...shuffledOrder(10, 1, 2), 3, 9, 3]);
  const augmentation = augmented ? { augmentation: defaultAugmentation } : {};
  return Array.fromAsync(loader.epoch({ order, seed: 5, epoch: 2, ...augmentation }));
}

describe("streamed batches", () => {
  test.for([
    { threads: 0, augmented: false },
    { threads: 0, augmented: true },
    { threads: 2, augmented: false },
    { threads: 2, augmented: true },
  ])(
    "are those from memory, byte for byte: $threads threads, augmented $augmented",
    async (way) => {
      const expected = await batches(await fromMemory(), 0, way.augmented);
      expect(expected).toHaveLength(4);
      expect(await batches(await streamed(), way.threads, way.augmented)).toEqual(expected);
    },
  );

  test("stop with the picture's name where its file is gone by then", async () => {
    const images = await streamed();
    await rm(join(folder, "3.jpg"));
    for (const threads of [0, 1]) {
      const error: unknown = await batches(images, threads, true).catch((e) => e);
      expect(error).toMatchObject({ name: "DatasetError" } satisfies Partial<DatasetError>);
      expect(error).toHaveProperty("message", expect.stringContaining(join(folder, "3.jpg")));
      expect(error).toHaveProperty("message", expect.stringContaining("ENOENT"));
    }
  });

  test.for([
    ["an image of another face", () => picture("jpeg", 200)],
    ["an image cut short", async (bytes: Buffer) => bytes.subarray(0, -2)],
    [
      "an image with a byte behind it",
      async (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)]),
    ],
  ] as const)("stop where %s has taken the place of one", async ([, replace]) => {
    const images = await streamed();
    const path = join(folder, "3.jpg");
    const { atime, mtime } = await stat(path);
    await writeFile(path, await replace(await readFile(path)));
    await utimes(path, atime, mtime);
    for (const threads of [0, 1]) {
      const error: unknown = await batches(images, threads, true).catch((e) => e);
      expect(error).toHaveProperty("name", "DatasetError");
      expect(error).toHaveProperty(
        "message",
        `${path}: expected the image that was there when the command began, found another one. Leave the data set alone while it is in use. Put the image back, or repeat the command with --verify-data: with another image, its runs have other ids.`,
      );
    }
    await expect(readRows(images, Int32Array.of(3))).rejects.toThrow("found another one");
    expect(await readRows(images, Int32Array.of(2))).toHaveLength(1);
  });

  test("stop in the middle of an epoch, with the batches before it as they were", async () => {
    const loader = createBatchLoader(await streamed(), { batchSize: 1, threads: 0 });
    const epoch = loader.epoch({ order: Int32Array.of(2, 3), seed: 0, epoch: 1 });
    const iterator = epoch[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toHaveProperty("count", 1);
    await writeFile(join(folder, "3.jpg"), await picture("jpeg", 200));
    await expect(iterator.next()).rejects.toThrow("found another one");
  });

  test("go on where a file was replaced by the same content", async () => {
    const images = await streamed();
    const path = join(folder, "3.jpg");
    const bytes = await readFile(path);
    await rm(path);
    await writeFile(path, bytes);
    expect(await batches(images, 0, false)).toHaveLength(4);
  });

  test("are made by as many threads as there are cores, up to eight", async () => {
    expect(loaderThreads(await streamed())).toBe(Math.min(8, availableParallelism()));
    expect(loaderThreads(await fromMemory())).toBe(1);
  });
});

describe("readRows", () => {
  test("gives the same images from memory and from files", async () => {
    const rows = Int32Array.of(9, 0, 4);
    const images = await readRows(await streamed(), rows);
    expect(images.map(({ length }) => length)).toEqual(Array(3).fill(size * size * 3));
    expect(images).toEqual(await readRows(await fromMemory(), rows));
  });
});

describe("streamImages", () => {
  test("refuses unreadable images as decodeImages does, with their count", async () => {
    const path = join(folder, "2.jpg");
    await writeFile(path, (await readFile(path)).subarray(0, 200));
    await rm(join(folder, "7.jpg"));
    const message = async (opening: Promise<Images>) =>
      opening.then(
        () => "opened",
        (error: Error) => error.message,
      );
    const said = await message(streamed());
    expect(said).toContain("2 of 10 images cannot be read");
    expect(said).toBe(await message(fromMemory()));
  });

  test("remembers that all images could be read, until a file changes", async () => {
    const cacheFolder = join(folder, "cache");
    const images = await streamed(cacheFolder);
    expect(await readdir(cacheFolder)).toEqual([expect.stringMatching(/^readable-\w{16}\.bin$/)]);
    // The hashes are given, so that the files are read by nothing but decoding: it did not take place.
    const path = join(folder, "2.jpg");
    const bytes = await readFile(path);
    await writeFile(path, new Uint8Array(bytes.length));
    const { hashes } = images;
    expect(await streamImages(samples, { size, threads: 0, cacheFolder, hashes })).toEqual(images);
    await expect(streamed(cacheFolder)).rejects.toThrow("1 of 10 images cannot be read");
  });

  test("decodes again what changed, and what could not be read", async () => {
    const cacheFolder = join(folder, "cache");
    const whole = await readFile(join(folder, "2.jpg"));
    await writeFile(join(folder, "2.jpg"), "no picture");
    await expect(streamed(cacheFolder)).rejects.toThrow("1 of 10");
    await expect(streamed(cacheFolder)).rejects.toThrow("1 of 10");
    await writeFile(join(folder, "2.jpg"), whole);
    const hashes = await hashImages(samples);
    // The files that could be read are none any more: decoding them would say so.
    for (const i of [0, 1, 3, 4]) await writeFile(join(folder, `${i}.jpg`), "no picture");
    await streamImages(samples, { size, threads: 0, cacheFolder, hashes });
  });

  test("refuses a size that is none", async () => {
    await expect(streamImages([], { size: 0 })).rejects.toThrow("expected a size of 1 pixel");
  });
});

describe("the storage of images", () => {
  test("is memory for what takes at most half of it", () => {
    expect(chooseStorage(10, 8, 2 * 10 * 8 * 8 * 3)).toBe("memory");
    expect(chooseStorage(10, 8, 2 * 10 * 8 * 8 * 3 - 1)).toBe("stream");
  });

  test("is a stream for AffectNet at 224 pixels on 64 GiB", () => {
    expect(chooseStorage(287_651 + 4000, 224, 64 * 2 ** 30)).toBe("stream");
    expect(chooseStorage(12_271 + 3068, 224, 8 * 2 ** 30)).toBe("memory");
  });

  test("can be given", async () => {
    expect(await openImages(samples, "memory", { size, threads: 0 })).toHaveProperty("pixels");
    expect(await openImages(samples, "stream", { size, threads: 0 })).not.toHaveProperty("pixels");
  });
});
