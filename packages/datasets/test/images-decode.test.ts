import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import type { ImageSource, Sample } from "../src/dataset.ts";
import { DatasetError } from "../src/error.ts";
import { decodeImages } from "../src/images/decode.ts";

const folder = await mkdtemp(join(tmpdir(), "mvt-images-"));
afterAll(() => rm(folder, { recursive: true }));

const sample = (id: string, image: ImageSource): Sample => ({ id, image, expression: "neutral" });

async function file(name: string, bytes: Uint8Array): Promise<Sample> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return sample(name, { kind: "file", path });
}

/** A picture of one colour, 4 x 4. */
const plain = (red: number, green: number, blue: number) =>
  sharp(Buffer.from(Array.from({ length: 16 }, () => [red, green, blue]).flat()), {
    raw: { width: 4, height: 4, channels: 3 },
  });

/** Decodes one picture to 2 x 2 and returns its first pixel. */
async function firstPixel(name: string, picture: Sharp): Promise<number[]> {
  const images = await decodeImages([await file(name, await picture.toBuffer())], {
    size: 2,
    threads: 0,
  });
  return [...images.pixels.subarray(0, 3)];
}

describe("a decoded picture", () => {
  test("is red, green and blue", async () => {
    expect(await firstPixel("rgb.png", plain(200, 100, 50).png())).toEqual([200, 100, 50]);
  });

  test("has grey copied to its three channels", async () => {
    const grey = plain(90, 90, 90).toColourspace("b-w");
    expect(await firstPixel("grey.jpg", grey.clone().jpeg())).toEqual([90, 90, 90]);
    expect(await firstPixel("grey.png", grey.clone().png())).toEqual([90, 90, 90]);
  });

  test("has 8 of 16 bits", async () => {
    const deep = plain(200, 100, 50).toColourspace("rgb16");
    expect(await firstPixel("deep.png", deep.png())).toEqual([200, 100, 50]);
  });

  test("is flattened onto black where it is transparent", async () => {
    expect(await firstPixel("clear.png", plain(200, 100, 50).ensureAlpha(0).png())).toEqual([
      0, 0, 0,
    ]);
  });

  test("is converted from CMYK", async () => {
    const pixel = await firstPixel("cmyk.jpg", plain(200, 100, 50).toColourspace("cmyk").jpeg());
    expect(pixel).toBeAllClose([200, 100, 50], { atol: 40 }); // print cannot show every colour
    expect(pixel).toEqual(pixel.toSorted((a, b) => b - a));
  });

  test("is turned upright by its EXIF orientation", async () => {
    const upper = Buffer.alloc(12).fill(255, 0, 6); // [2, 2, 3]: white above, black below
    const picture = sharp(upper, { raw: { width: 2, height: 2, channels: 3 } }).png();
    expect(await firstPixel("upright.png", picture.clone())).toEqual([255, 255, 255]);
    const upsideDown = picture.clone().withMetadata({ orientation: 3 });
    expect(await firstPixel("upside-down.png", upsideDown)).toEqual([0, 0, 0]);
  });

  test("is the same from grey pixels as from a grey file", async () => {
    const grey = Uint8Array.from({ length: 30 }, (_, i) => 8 * i); // [5, 6]
    const raw = { width: 6, height: 5, channels: 1 } as const;
    const png = await sharp(grey, { raw }).toColourspace("b-w").png().toBuffer();
    const samples = [
      await file("same.png", png),
      sample("same", { kind: "pixels", width: 6, height: 5, grey }),
    ];
    const { pixels } = await decodeImages(samples, { size: 9, threads: 0 });
    expect(pixels.slice(0, 243)).toEqual(pixels.slice(243));
    expect(new Set(pixels).size).toBeGreaterThan(20);
  });
});

/** Pictures whose every pixel is their number. */
const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const grey = new Uint8Array(4).fill(i);
    return sample(`number ${i}`, { kind: "pixels", width: 2, height: 2, grey });
  });

describe("decodeImages", () => {
  test("keeps the order of the samples, with any number of threads", async () => {
    const samples = numbered(50);
    const alone = await decodeImages(samples, { size: 3, threads: 0 });
    expect(alone).toMatchObject({ size: 3, count: 50, ids: samples.map(({ id }) => id) });
    expect(alone.pixels).toEqual(
      Uint8Array.from({ length: 50 * 27 }, (_, i) => Math.trunc(i / 27)),
    );
    expect(await decodeImages(samples, { size: 3, threads: 2 })).toEqual(alone);
  });

  test("shares its pixels between threads", async () => {
    const { pixels } = await decodeImages(numbered(1), { size: 2, threads: 0 });
    expect(pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test("reports its progress up to the end", async () => {
    const calls: [number, number][] = [];
    const onProgress = (done: number, total: number) => calls.push([done, total]);
    await decodeImages(numbered(40), { size: 2, threads: 0, onProgress });
    expect(calls).toEqual([
      [16, 40],
      [32, 40],
      [40, 40],
    ]);
  });

  test("decodes no samples to no pictures", async () => {
    expect(await decodeImages([], { size: 8 })).toMatchObject({ count: 0, ids: [] });
  });

  test("names the first unreadable file and counts the others", async () => {
    const jpeg = await readFile(new URL("fixtures/resize/100x100.jpg", import.meta.url));
    const samples = [
      await file("whole.jpg", jpeg),
      await file("cut.jpg", jpeg.subarray(0, jpeg.length / 2)),
      await file("text.jpg", Buffer.from("no picture")),
      sample("lost", { kind: "file", path: join(folder, "lost.jpg") }),
      sample("odd", { kind: "pixels", width: 3, height: 3, grey: new Uint8Array(8) }),
    ];
    for (const threads of [0, 1]) {
      const error: unknown = await decodeImages(samples, { size: 8, threads }).catch((e) => e);
      expect(error).toBeInstanceOf(DatasetError);
      expect(String(error).replace(folder, "FOLDER")).toMatchInlineSnapshot(
        `"DatasetError: FOLDER/cut.jpg: expected a readable picture, found none (VipsJpeg: premature end of JPEG image); 3 of the other 4 pictures cannot be read either. Put intact files in their place, for example by unpacking the data set again; nothing was cached."`,
      );
    }
  });

  test("names a sample whose pixels are not as many as its size says", async () => {
    const odd = sample("fer7", { kind: "pixels", width: 3, height: 3, grey: new Uint8Array(8) });
    await expect(decodeImages([odd], { size: 8, threads: 0 })).rejects.toThrow(
      "sample fer7: expected a readable picture, found none (expected 3 x 3 pixels, got 8)",
    );
  });

  test("refuses damage in the middle of a file", async () => {
    const jpeg = await readFile(new URL("fixtures/resize/100x100.jpg", import.meta.url));
    jpeg.set([0xff, 0xd9], jpeg.length / 2); // the marker that ends a picture
    await expect(
      decodeImages([await file("damaged.jpg", jpeg)], { size: 8, threads: 0 }),
    ).rejects.toThrow("damaged.jpg");
  });

  test("refuses a size that is none", async () => {
    await expect(decodeImages([], { size: 0 })).rejects.toThrow(
      "expected a size of 1 pixel or more",
    );
  });

  test("refuses more pictures than the memory holds", async () => {
    const one = numbered(1)[0]!;
    const many = Array<Sample>(3000).fill(one);
    await expect(decodeImages(many, { size: 100_000 })).rejects.toThrow(/need \d+\.\d GiB/);
  });
});
