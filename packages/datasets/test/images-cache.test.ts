import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ImageSource, Sample } from "../src/dataset.ts";
import { decodeImages } from "../src/images/decode.ts";

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
const decode = (samples: readonly Sample[], size = 8) =>
  decodeImages(samples, { size, cacheFolder, threads: 0 });
const cached = async () => (await readdir(cacheFolder)).map((name) => join(cacheFolder, name));

/** Changes the first pixel in the only cached file, so that reading it shows. */
async function mark() {
  const [file] = await cached();
  const bytes = await readFile(file!);
  bytes[128]! ^= 0xff;
  await writeFile(file!, bytes);
  return bytes[128]!;
}

describe("the cache of decoded images", () => {
  test("gives back what was decoded", async () => {
    const first = await decode([face(), table(7)]);
    expect(await decode([face(), table(7)])).toEqual(first);
    expect(await cached()).toHaveLength(1);
  });

  test("is read instead of the images", async () => {
    await decode([face()]);
    const marked = await mark();
    expect((await decode([face()])).pixels[0]).toBe(marked);
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

  test("is another for another size, id, order, pixel, or file", async () => {
    await decode([face(), table(7)]);
    await decode([face(), table(7)], 9);
    await decode([face("other"), table(7)]);
    await decode([table(7), face()]);
    await decode([face(), table(8)]);
    await utimes(path, 0, 0);
    await decode([face(), table(7)]);
    expect(await cached()).toHaveLength(6);
  });

  test("is made anew when its file was cut short", async () => {
    const { pixels } = await decode([face()]);
    const [file] = await cached();
    const whole = await readFile(file!);
    await truncate(file!, whole.length - 1);
    expect((await decode([face()])).pixels).toEqual(pixels);
    expect(await readFile(file!)).toEqual(whole);
  });

  test("is made anew when its file is another's", async () => {
    const { pixels } = await decode([face()]);
    const [file] = await cached();
    const whole = await readFile(file!);
    await writeFile(file!, new Uint8Array(whole.length));
    expect((await decode([face()])).pixels).toEqual(pixels);
    expect(await readFile(file!)).toEqual(whole);
  });

  test("keeps nothing of a split with an unreadable picture", async () => {
    await decode([table(7)]);
    await writeFile(path, "no picture");
    await expect(decode([table(7), face()])).rejects.toThrow("nothing was cached");
    expect(await cached()).toHaveLength(1);
  });
});
