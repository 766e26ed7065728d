import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromCmyk } from "@mvt/core";
import sharp, { type Sharp } from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import type { Crop, ImageSource, Sample } from "../src/dataset.ts";
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

  test("shows of CMYK what the inks leave of the light, as Pillow does", () => {
    expect(fromCmyk(Uint8Array.of(51, 102, 0, 85), 4)).toEqual(Uint8Array.of(136, 102, 170));
  });

  test("shows CMYK over black where it is transparent", async () => {
    expect(fromCmyk(Uint8Array.of(51, 102, 0, 85, 128), 5)).toEqual(Uint8Array.of(68, 51, 85));
    const clear = plain(200, 100, 50).ensureAlpha(0).toColourspace("cmyk");
    expect(await firstPixel("clear.tif", clear.tiff({ compression: "lzw" }))).toEqual([0, 0, 0]);
  });

  test("is turned upright by its EXIF orientation", async () => {
    const upper = Buffer.alloc(12).fill(255, 0, 6); // [2, 2, 3]: white above, black below
    const picture = sharp(upper, { raw: { width: 2, height: 2, channels: 3 } }).png();
    expect(await firstPixel("upright.png", picture.clone())).toEqual([255, 255, 255]);
    const upsideDown = picture.clone().withMetadata({ orientation: 3 });
    expect(await firstPixel("upside-down.png", upsideDown)).toEqual([0, 0, 0]);
  });

  test("is known by its content, whatever its name ends in", async () => {
    expect(await firstPixel("png-in-fact.jpg", plain(200, 100, 50).png())).toEqual([200, 100, 50]);
    expect(await firstPixel("no-extension", plain(200, 100, 50).png())).toEqual([200, 100, 50]);
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

describe("a cropped image", () => {
  /** 4 x 3 pixels: column x and row y have the red 10 x and the green 10 y. */
  const grid = sharp(
    Buffer.from(
      Array.from({ length: 12 }, (_, i) => [10 * (i % 4), 10 * Math.floor(i / 4), 0]).flat(),
    ),
    { raw: { width: 4, height: 3, channels: 3 } },
  ).png();

  async function decodeCrop(crop: Crop, size: number, orientation = 1): Promise<number[]> {
    const bytes = await grid.clone().withMetadata({ orientation }).toBuffer();
    const { image } = await file(`grid-${orientation}.png`, bytes);
    const face = sample("a", { ...image, crop } as ImageSource);
    return [...(await decodeImages([face], { size, threads: 0 })).pixels];
  }

  test("shows its box alone", async () => {
    expect(await decodeCrop({ left: 2, top: 1, width: 2, height: 2 }, 2)).toEqual(
      [20, 10, 0, 30, 10, 0, 20, 20, 0, 30, 20, 0], // two rows of two pixels
    );
  });

  test("leaves out what of its box lies outside the picture", async () => {
    const inside = await decodeCrop({ left: 3, top: 2, width: 1, height: 1 }, 1);
    expect(await decodeCrop({ left: 3, top: 2, width: 9, height: 9 }, 1)).toEqual(inside);
    expect(await decodeCrop({ left: -5, top: -7, width: 6, height: 8 }, 1)).toEqual([0, 0, 0]);
  });

  test("has its box in the upright picture", async () => {
    // Orientation 3 turns by 180 degrees: the upper left pixel is the lower right one of the file.
    expect(await decodeCrop({ left: 0, top: 0, width: 1, height: 1 }, 1, 3)).toEqual([30, 20, 0]);
  });

  test("is refused where its box lies outside", async () => {
    const outside = { left: 4, top: 0, width: 2, height: 2 };
    await expect(decodeCrop(outside, 1)).rejects.toThrow(
      "grid-1.png: expected a readable image, found none (face box 2x2 at 4,0 lies outside the image of 4x3)",
    );
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

  test("decodes no samples to no images", async () => {
    expect(await decodeImages([], { size: 8 })).toMatchObject({ count: 0, ids: [] });
  });

  test("names unreadable files, with the reason of the first, and counts them", async () => {
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
      expect(String(error).replaceAll(folder, "FOLDER")).toMatchInlineSnapshot(
        `"DatasetError: FOLDER/cut.jpg: expected a readable image, found none (VipsJpeg: premature end of JPEG image); 4 of 5 images cannot be read, also FOLDER/text.jpg, FOLDER/lost.jpg, sample odd. Convert pictures of other formats, and remove what is no picture; for the others, put intact files in their place, for example by unpacking the data set again; nothing was cached."`,
      );
    }
  });

  test("names a file of no bytes, and five of many", async () => {
    const samples = [
      ...(await Promise.all([1, 2, 3, 4, 5, 6].map((i) => file(`${i}.jpg`, new Uint8Array())))),
      ...numbered(40),
    ];
    await expect(decodeImages(samples, { size: 8, threads: 0 })).rejects.toThrow(
      /1\.jpg: expected a readable image, found none \(0 bytes\); 6 of 46 images cannot be read, also .*2\.jpg, .*3\.jpg, .*4\.jpg, .*5\.jpg and 1 more/,
    );
  });

  test("names a sample whose pixels are not as many as its size says", async () => {
    const odd = sample("fer7", { kind: "pixels", width: 3, height: 3, grey: new Uint8Array(8) });
    await expect(decodeImages([odd], { size: 8, threads: 0 })).rejects.toThrow(
      "sample fer7: expected a readable image, found none (expected 3 x 3 pixels, got 8)",
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

  test("refuses more images than the memory holds", async () => {
    const one = numbered(1)[0]!;
    const many = Array<Sample>(3000).fill(one);
    await expect(decodeImages(many, { size: 100_000 })).rejects.toThrow(/need \d+\.\d GiB/);
  });
});
