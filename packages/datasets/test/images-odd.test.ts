/** @file Odd pictures: what Pillow reads is read, with the same pixels, except what is cut short. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { decodeBytes, type Pixels } from "../src/images/read-image.ts";
import { continued } from "../src/images/jpeg-stream.ts";
import { intactPictures, oddPictures } from "./fixtures/odd-pictures.ts";

interface Golden {
  /** Per file what Pillow made of it: a PNG of its pixels, or an error. Written by golden/odd-pictures.py. */
  readonly pictures: Readonly<
    Record<string, { sha256: string; mode?: string; pixels?: string; error?: string }>
  >;
}
const fixture = (name: string) => new URL(`fixtures/odd/${name}`, import.meta.url);
const golden = JSON.parse(await readFile(fixture("golden.json"), "utf8")) as Golden;
const pictures = oddPictures();

const decode = (bytes: Uint8Array) =>
  decodeBytes(bytes, { crop: undefined, flatten: true }, (pixels) => pixels);

/** The largest difference from Pillow's pixels, in grey levels. */
async function differenceFromPillow({ data, channels }: Pixels, expected: string): Promise<number> {
  const wanted = await sharp(await readFile(fixture(expected)))
    .toColourspace("srgb")
    .raw()
    .toBuffer();
  expect(data.length / channels).toBe(wanted.length / 3);
  const colours = wanted.map((_, i) => data[channels === 1 ? Math.trunc(i / 3) : i]!);
  return wanted.reduce((most, level, i) => Math.max(most, Math.abs(level - colours[i]!)), 0);
}

/** Files that Pillow reads and this package refuses: they have not the data of all their pixels, or have no end. */
const cutShort = [
  "half-then-end.jpg",
  "half-restarts-then-end.jpg",
  "end-in-data.jpg",
  "without-block-end.gif",
];

/** Where pixels differ from Pillow's, in grey levels, and why. All others are equal. */
const differences: Readonly<Record<string, { readonly most: number; readonly why: string }>> = {
  "clear.png": { most: 255, why: "Pillow drops the transparency, here it is laid over black" },
  "deep.png": {
    most: 255,
    why: "Pillow's 16-bit grey becomes white from 256 on, here it is scaled",
  },
  "colour.avif": { most: 25, why: "the halved colours of AVIF are enlarged by another filter" },
  "text-after-end.avif": { most: 25, why: "likewise" },
};

/** Files with a complaint of the decoder that changes no pixel of the intact file. */
const harmless = {
  "scan-0-0.jpg": /Invalid SOS parameters/,
  "scan-1-63.jpg": /Invalid SOS parameters/,
  "scan-approximation.jpg": /Invalid SOS parameters/,
  "jfif-2.01.jpg": /unknown JFIF revision number 2.01/,
  "jfif-0.jpg": /unknown JFIF revision number 0.00/,
  "adobe-2.jpg": /Unknown Adobe color transform code 2/,
  "adobe-255.jpg": /Unknown Adobe color transform code 255/,
  "stray-before-scan.jpg": /2 extraneous bytes before marker 0xda/,
  "pixels-checksum.png": /libpng read error/,
} as const;

test("what Pillow makes of odd pictures is kept for these very files", () => {
  const sums = Object.entries(pictures).map(([name, bytes]) => [
    name,
    createHash("sha256").update(bytes).digest("hex"),
  ]);
  const kept = Object.entries(golden.pictures).map(([name, { sha256 }]) => [name, sha256]);
  expect(Object.fromEntries(kept)).toEqual(Object.fromEntries(sums));
});

describe("a picture that Pillow reads", () => {
  const readable = Object.entries(golden.pictures).filter(
    ([name, { pixels }]) => pixels !== undefined && !cutShort.includes(name),
  );

  test.for(readable)("has the pixels that Pillow shows: %s", async ([name, { pixels }]) => {
    const difference = await differenceFromPillow(await decode(pictures[name]!), pixels!);
    const allowed = differences[name]?.most ?? (name.endsWith(".jpg") ? 1 : 0); // JPEG decoders may round differently elsewhere
    expect(difference).toBeLessThanOrEqual(allowed);
  });

  test.for(Object.entries(harmless))(
    "is read with a complaint where a decoder has one: %s",
    async ([name, complaint]) => {
      const { data, complaint: found } = await decode(pictures[name]!);
      expect(found).toMatch(complaint);
      const intact = await decode(pictures[name.endsWith("png") ? "colour.png" : "colour.jpg"]!);
      expect(Buffer.compare(data, intact.data)).toBe(0);
    },
  );

  test.for(intactPictures)("is read without a complaint if it is intact: %s", async (name) => {
    expect(await decode(pictures[name]!)).not.toHaveProperty("complaint");
  });
});

describe("a picture that is cut short or damaged", () => {
  const refused = Object.keys(golden.pictures).filter(
    (name) =>
      cutShort.includes(name) ||
      (golden.pictures[name]!.error !== undefined && name !== "text-checksum.png"),
  );

  test.for(refused)("is refused: %s", async (name) => {
    await expect(decode(pictures[name]!)).rejects.toThrow(/./);
  });

  test.for(["half-then-end.jpg", "half-restarts-then-end.jpg", "end-in-data.jpg"])(
    "is refused although it has an end: %s",
    async (name) => {
      await expect(decode(pictures[name]!)).rejects.toThrow(
        "cut short: its data end before its picture",
      );
    },
  );
});

describe("a JPEG with more data after its pixels", () => {
  test.for(["colour.jpg", "progressive.jpg", "restarts.jpg", "grey.jpg", "cmyk.jpg"])(
    "shows the same picture, if it has all its data: %s",
    async (name) => {
      const lenient = { failOn: "none" } as const;
      const longer = continued(pictures[name]!);
      expect(longer.length).toBeGreaterThan(pictures[name]!.length);
      const [more, same] = await Promise.all(
        [longer, pictures[name]!].map((bytes) => sharp(bytes, lenient).raw().toBuffer()),
      );
      expect(more).toEqual(same);
    },
  );
});
