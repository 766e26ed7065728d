/**
 * @file Measures what checking the content of images costs: beside decoding one for a batch, and when decoded images are
 * read from the cache.
 *
 *   node packages/datasets/golden/measure-hashes.ts
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { openCache } from "../src/images/cache.ts";
import { decodeImage } from "../src/images/decode-image.ts";
import { hashImages } from "../src/images/hash-images.ts";
import { hashImage } from "../src/images/hashes.ts";

const size = 224;
const rounds = 9;
const perRound = 100;

/** The least of several measurements: others use the machine too. */
const least = (values: readonly number[]) => values.toSorted((a, b) => a - b)[0]!;

async function time(run: () => Promise<unknown> | void): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

const folder = await mkdtemp(join(tmpdir(), "mvt-hashes-"));
try {
  const path = join(folder, "face.jpg");
  const fixture = await readFile(new URL("../test/fixtures/resize/100x100.jpg", import.meta.url));
  await sharp(fixture).resize(size, size).jpeg({ quality: 95 }).toFile(path);
  const bytes = await readFile(path);
  const image = { kind: "file", path } as const;
  const target = new Uint8Array(size * size * 3);
  const hash = hashImage(image, bytes);
  const hashing: number[] = [];
  const decoding: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    hashing.push(
      await time(() => {
        for (let i = 0; i < perRound; i += 1) hashImage(image, bytes);
      }),
    );
    decoding.push(
      await time(async () => {
        for (let i = 0; i < perRound; i += 1) await decodeImage(image, size, target, hash);
      }),
    );
  }
  const [h, d] = [least(hashing) / perRound, least(decoding) / perRound];
  console.log(
    `a JPEG of ${size} x ${size}, ${bytes.length} bytes: read, compared and decoded in ${(d * 1000).toFixed(0)} us, of which hashing takes ${(h * 1000).toFixed(0)} us (${((100 * h) / d).toFixed(1)} %)`,
  );

  const pixels = new Uint8Array(new SharedArrayBuffer(2048 * target.length));
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = (i * 48_271) >> 3;
  const sample = { id: "face", image, expression: "fear" } as const;
  const cache = await openCache(folder, await hashImages([sample]), size, console.log);
  const writing = await time(() => cache.write(pixels));
  const reading: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    reading.push(await time(() => cache.read(pixels)));
  const gigabytes = pixels.length / 1e9;
  console.log(
    `decoded images, ${(1000 * gigabytes).toFixed(0)} MB: written in ${(writing / gigabytes).toFixed(0)} ms per GB, read and verified in ${(least(reading) / gigabytes).toFixed(0)} ms per GB; decoding them would take ${((2048 * d) / gigabytes).toFixed(0)} ms per GB on one core`,
  );
} finally {
  await rm(folder, { recursive: true });
}
