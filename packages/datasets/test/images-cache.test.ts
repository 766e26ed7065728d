/** @file Decoded images are kept by the content of their files, and never used damaged. */
import {
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { ImageSource, Sample } from "../src/dataset.ts";
import { decodeImages, streamImages } from "../src/images/decode.ts";
import { hashImages } from "../src/images/hash-images.ts";
import { picture } from "./fixtures/folder.ts";

let folder: string;
let cacheFolder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mvt-cache-"));
  cacheFolder = join(folder, "a", "cache");
  path = join(folder, "face.jpg");
  await writeFile(path, await readFile(new URL("fixtures/resize/48x48.jpg", import.meta.url)));
});
afterEach(() => rm(folder, { recursive: true }));

const face = (id = "face"): Sample => ({ id, image: { kind: "file", path }, expression: "fear" });
const table = (value: number, id = "row"): Sample => ({
  id,
  image: { kind: "pixels", width: 2, height: 2, grey: new Uint8Array(4).fill(value) },
  expression: "fear",
});
/** What the user was told. */
let notices: string[] = [];
beforeEach(() => {
  notices = [];
});
const options = () => ({
  cacheFolder,
  threads: 0,
  onNotice: (line: string) => void notices.push(line),
});
const decode = (samples: readonly Sample[], size = 8) =>
  decodeImages(samples, { size, ...options() });
const cached = async () => (await readdir(cacheFolder)).map((name) => join(cacheFolder, name));

/** Fails if the image is decoded, since its file is no image any more. */
async function decodeWithoutFile(samples: readonly Sample[]) {
  const hashes = await hashImages(samples);
  await writeFile(path, "no picture");
  return decodeImages(samples, { size: 8, hashes, ...options() });
}

describe("the cache of decoded images", () => {
  test("gives back what was decoded", async () => {
    const first = await decode([face(), table(7)]);
    expect(await decode([face(), table(7)])).toEqual(first);
    expect(await cached()).toHaveLength(1);
  });

  test("is read instead of the images", async () => {
    const first = await decode([face()]);
    expect(await decodeWithoutFile([face()])).toEqual(first);
  });

  test("does not know the labels, which are free to change", async () => {
    await decode([face()]);
    await decode([{ ...face(), expression: "anger" }]);
    expect(await cached()).toHaveLength(1);
  });

  test("is another for another crop", async () => {
    const { image, ...rest } = face();
    const cropped = (left: number): Sample => ({
      ...rest,
      image: { ...image, crop: { left, top: 0, width: 20, height: 20 } } as ImageSource,
    });
    await decode([face()]);
    const [first, second] = [await decode([cropped(0)]), await decode([cropped(20)])];
    expect(await cached()).toHaveLength(3);
    expect(second).not.toEqual(first);
    expect(await decode([cropped(0)])).toEqual(first);
  });

  test("is another for another size, order, pixel, or content of a file", async () => {
    await decode([face(), table(7)]);
    await decode([face(), table(7)], 9);
    await decode([table(7), face()]);
    await decode([face(), table(8)]);
    expect(await cached()).toHaveLength(4);
    await writeFile(path, await picture("jpeg", 20));
    await decode([face(), table(7)]);
    expect(await cached()).toHaveLength(5);
  });

  test("does not know ids, paths and times, which no pixel depends on", async () => {
    await decode([face()]);
    await utimes(path, 0, 0);
    await decode([face("other")]);
    expect(await cached()).toHaveLength(1);
  });

  test("gives no old pixels for a file that was replaced with its size and time kept", async () => {
    const bytes = await readFile(path);
    const other = await picture("jpeg", 90);
    const padded = Buffer.concat([other, Buffer.alloc(Math.max(0, bytes.length - other.length))]);
    await writeFile(path, padded);
    await utimes(path, 0, 0);
    const first = await decode([face()]);
    const changed = Buffer.from(bytes.subarray(0, padded.length));
    expect(changed).toHaveLength(padded.length);
    await writeFile(path, changed);
    await utimes(path, 0, 0);
    expect((await decode([face()])).pixels).not.toEqual(first.pixels);
  });

  test("keeps nothing of a split with an unreadable picture", async () => {
    await decode([table(7)]);
    await writeFile(path, "no picture");
    await expect(decode([table(7), face()])).rejects.toThrow("nothing was cached");
    expect(await cached()).toHaveLength(1);
  });

  test("keeps nothing of an image that was replaced after it was hashed", async () => {
    const hashes = await hashImages([table(7), face()]);
    await writeFile(path, await picture("jpeg", 20));
    await expect(
      decodeImages([table(7), face()], { size: 8, hashes, ...options() }),
    ).rejects.toThrow(
      `${path}: expected the image that was there when the command began, found another one`,
    );
    await expect(cached()).rejects.toThrow("ENOENT");
  });
});

describe("a damaged cache of decoded images", () => {
  const damages: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ["a bit of a pixel", (bytes) => flipped(bytes, 300)],
    ["the last bit", (bytes) => flipped(bytes, bytes.length - 1)],
    ["a bit of the key", (bytes) => flipped(bytes, 20)],
    ["a bit of the checksum", (bytes) => flipped(bytes, 100)],
    ["the padding of its header", (bytes) => flipped(bytes, 255)],
    ["all pixels zero", (bytes) => bytes.fill(0, 256)],
    ["its end zeroed", (bytes) => bytes.fill(0, bytes.length - 16)],
    ["all zero", (bytes) => Buffer.alloc(bytes.length)],
    ["one byte short", (bytes) => bytes.subarray(0, -1)],
    ["one byte long", (bytes) => Buffer.concat([bytes, Buffer.of(0)])],
    ["empty", () => Buffer.alloc(0)],
  ];
  const flipped = (bytes: Buffer, at: number) => {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    return changed;
  };

  test.for(damages)("is named and made again: %s", async ([, damage]) => {
    const { pixels } = await decode([face(), table(7)]);
    const [file] = await cached();
    const whole = await readFile(file!);
    await writeFile(file!, damage(Buffer.from(whole)));
    expect((await decode([face(), table(7)])).pixels).toEqual(pixels);
    expect(notices).toEqual([
      expect.stringMatching(
        /^\S+\.bin: decoded images are damaged \(.+\); they are decoded again$/,
      ),
    ]);
    expect(notices[0]).toContain(file);
    expect(await readFile(file!)).toEqual(whole);
  });

  test("is found in every one of 300 random changes", async () => {
    const { pixels } = await decode([face(), table(7)]);
    const [file] = await cached();
    const whole = await readFile(file!);
    let state = 1;
    const next = (below: number) => {
      state = (state * 48_271) % 2_147_483_647; // Park and Miller
      return state % below;
    };
    for (let i = 0; i < 300; i += 1) {
      const changed = Buffer.from(whole);
      changed[next(whole.length)]! ^= 1 << next(8);
      await writeFile(file!, changed);
      expect((await decode([face(), table(7)])).pixels).toEqual(pixels);
    }
    expect(notices).toHaveLength(300);
  });

  test("of streamed images is named, and the images are tried again", async () => {
    const stream = () => streamImages([face()], { size: 8, ...options() });
    await stream();
    const [file] = await cached();
    const whole = await readFile(file!);
    await truncate(file!, 100);
    await stream();
    expect(notices).toEqual([expect.stringContaining("could be decoded are damaged")]);
    expect(await readFile(file!)).toEqual(whole);
  });
});

describe("a cache that the system refuses is done without", () => {
  let expected: Uint8Array;
  beforeEach(async () => {
    expected = (await decodeImages([face()], { size: 8, threads: 0 })).pixels;
  });

  test("where its folder is a file", async () => {
    await mkdir(join(folder, "a"));
    await writeFile(cacheFolder, "");
    expect((await decode([face()])).pixels).toEqual(expected);
    expect(notices).toEqual([
      expect.stringMatching(
        /^\S+cache: decoded images cannot be kept there \(EEXIST: [^/]+\); the next command decodes them again$/,
      ),
    ]);
  });

  test("where there is a folder in the place of its file", async () => {
    await decode([face()]);
    const [file] = await cached();
    await rm(file!);
    await mkdir(join(file!, "below"), { recursive: true });
    expect((await decode([face()])).pixels).toEqual(expected);
    expect(notices).toEqual([
      expect.stringMatching(
        /\.bin: decoded images cannot be read \(expected a regular file, found a folder\); they/,
      ),
      expect.stringMatching(/cannot be kept there \(EISDIR: [^/]+\); the next/),
    ]);
    expect(await cached()).toEqual([file]);
  });

  test.for(["ENOSPC", "EIO", "EROFS"])("where writing fails with %s", async (code) => {
    const handle = await open(path);
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const failing = vi.spyOn(prototype, "write").mockImplementation(async () => {
      throw Object.assign(new Error(`${code}: it failed, write`), { code });
    });
    onTestFinished(() => failing.mockRestore());
    expect((await decode([face()])).pixels).toEqual(expected);
    expect(failing).toHaveBeenCalled();
    expect(notices).toEqual([
      `${cacheFolder}: decoded images cannot be kept there (${code}: it failed); the next command decodes them again`,
    ]);
    expect(await readdir(cacheFolder)).toEqual([]);
  });

  test("where reading fails with EIO", async () => {
    await decode([face()]);
    const handle = await open(path);
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const hashes = await hashImages([face()]);
    const failing = vi.spyOn(prototype, "read");
    for (let tries = 0; tries < 4; tries += 1) {
      failing.mockImplementationOnce(async () => {
        throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
      });
    }
    onTestFinished(() => failing.mockRestore());
    expect((await decodeImages([face()], { size: 8, hashes, ...options() })).pixels).toEqual(
      expected,
    );
    expect(notices).toEqual([
      expect.stringMatching(
        /\.bin: decoded images cannot be read \(EIO: i\/o error\); they are decoded again$/,
      ),
    ]);
  });
});

test("what killed processes left in the folder of the cache is removed when it is written", async () => {
  const left = join(cacheFolder, "images-8-0.bin.01234567-89ab-cdef-0123-456789abcdef.tmp");
  await mkdir(cacheFolder, { recursive: true });
  await writeFile(left, "");
  await utimes(left, 0, 0);
  await decode([face()]);
  expect(await cached()).toEqual([expect.stringMatching(/images-8-\w{16}\.bin$/)]);
});
