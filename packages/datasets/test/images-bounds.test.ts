/** @file Hostile images: each is refused with its reason before it takes time or memory. */
import { execFileSync } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Sample } from "../src/dataset.ts";
import { decodeImageFile } from "../src/images/decode-image.ts";
import { decodeImages } from "../src/images/decode.ts";
import { formatOf, imageFormats } from "../src/images/formats.ts";
import { decodingLimits, freePixels, mostPixels, takePermit } from "../src/images/large-images.ts";
import { temporaryFolder } from "./fixtures/folder.ts";

const red = sharp({ create: { width: 16, height: 16, channels: 3, background: "red" } });

const listed = "not JPEG, PNG, WebP, GIF, TIFF or AVIF";
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16000" height="16000"><rect width="9" height="9"/></svg>`;
/** The box that begins a file of the HEIF family. */
const heif = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0`, "latin1");

const sampleOf = (path: string): Sample => ({
  id: "face",
  image: { kind: "file", path },
  expression: "anger",
});

describe("the format of an image", () => {
  test("is one of a list, by its content", async () => {
    const encoded = {
      JPEG: red.clone().jpeg(),
      PNG: red.clone().png(),
      WebP: red.clone().webp(),
      GIF: red.clone().gif(),
      TIFF: red.clone().tiff(),
      AVIF: red.clone().avif(),
    } as const;
    const folder = await temporaryFolder();
    for (const format of imageFormats) {
      const bytes = await encoded[format].toBuffer();
      expect(formatOf(bytes)).toBe(format);
      await writeFile(join(folder, "face.jpg"), bytes);
      expect(await decodeImageFile(join(folder, "face.jpg"))).toMatchObject({ width: 16 });
    }
  });

  test.for([
    ["SVG", svg],
    ["SVG", `<?xml version="1.0"?><!-- ${" ".repeat(500)} --><svg/>`],
    ["a web page", "<!doctype html><p>Sign in"],
    ["BMP", "BM\x36\0\0\0\0\0\0\0\x36\0\0\0"],
    ["HEIC", heif("heic")],
    ["PDF", "%PDF-1.7"],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\n"],
    ["a file that begins with the bytes 1f8b0800", Buffer.from("1f8b0800", "hex")], // also SVG, compressed
    ["PGM or PPM", "P6\n1 1\n255\nabc"],
  ] as const)("is refused if it is another: %s", async ([found, content]) => {
    const path = join(await temporaryFolder(), "face.jpg");
    await writeFile(path, content);
    await expect(decodeImageFile(path)).rejects.toThrow(`${found}, ${listed}`);
  });
});

describe("a file that is no regular one", () => {
  const posix = process.platform !== "win32";
  test.runIf(posix)("is refused at once, among others", async () => {
    const folder = await temporaryFolder();
    const at = (name: string) => join(folder, name);
    execFileSync("mkfifo", [at("pipe.jpg")]);
    await symlink("/dev/zero", at("device.jpg"));
    for (const [name, found] of [
      ["pipe.jpg", "a named pipe"],
      ["device.jpg", "a device"],
    ] as const) {
      await expect(decodeImages([sampleOf(at(name))], { size: 8, threads: 0 })).rejects.toThrow(
        `${at(name)}: expected a readable image, found none (expected a regular file, found ${found}); 1 of 1 images cannot be read.`,
      );
    }
  });

  test.runIf(posix)("is read where it is a link to a regular one", async () => {
    const folder = await temporaryFolder();
    await red.clone().png().toFile(join(folder, "face.png"));
    await symlink(join(folder, "face.png"), join(folder, "link.png"));
    expect(await decodeImageFile(join(folder, "link.png"))).toMatchObject({ width: 16 });
  });
});

/** The beginning of a grey PNG of [side, side] pixels, of 1 bit each. */
const beginning = (side: number) => {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1; // bits; grey
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(1000))),
    chunk("IEND", new Uint8Array()),
  ]);
};

describe("pixels of an image", () => {
  test("are at most 134 million", async () => {
    const path = join(await temporaryFolder(), "face.png");
    await writeFile(path, beginning(16_000));
    const before = process.resourceUsage().maxRSS;
    await expect(decodeImageFile(path)).rejects.toThrow(
      `16000x16000 pixels, more than ${mostPixels}`,
    );
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(100); // MiB
  });

  test("wait for a permit where there are many, in every thread", async () => {
    const folder = await temporaryFolder();
    const side = Math.ceil(Math.sqrt(freePixels)) + 1;
    await red.clone().resize(side, side).png().toFile(join(folder, "large.png"));
    const taken = await Promise.all(
      Array.from({ length: decodingLimits().permits }, () => takePermit()),
    );
    const decode = (threads: number) =>
      decodeImages([sampleOf(join(folder, "large.png"))], { size: 2, threads });
    let finished = 0;
    const decoding = Promise.all(
      [0, 1].map((threads) =>
        decode(threads).then((images) => {
          finished += 1;
          return [...images.pixels.subarray(0, 3)];
        }),
      ),
    );
    await red.clone().png().toFile(join(folder, "small.png"));
    await decodeImages([sampleOf(join(folder, "small.png"))], { size: 2, threads: 1 }); // not delayed
    expect(finished).toBe(0);
    for (const release of taken) release();
    expect(await decoding).toEqual([
      [255, 0, 0],
      [255, 0, 0],
    ]);
  });
});

describe("what is decoded at once", () => {
  const gibibytes = 2 ** 30;
  test("takes about a quarter of the memory at most, of which an image of 134 million pixels takes 2 GiB", () => {
    expect(decodingLimits(24 * gibibytes, 2)).toEqual({ freePixels: 2 ** 24, permits: 3 });
    expect(decodingLimits(2 * gibibytes, 2)).toEqual({ freePixels: 2 ** 23, permits: 1 });
    expect(decodingLimits(512 * gibibytes, 64)).toEqual({ freePixels: 2 ** 24, permits: 8 });
  });
});
