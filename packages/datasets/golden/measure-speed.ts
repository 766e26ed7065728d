/**
 * @file Measures how fast images are decoded, augmented and sent to the calling thread.
 *
 *   node packages/datasets/golden/measure-speed.ts
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defaultAugmentation, type Augmentation } from "../src/augment/augmentation.ts";
import { createBatchLoader } from "../src/batches/loader.ts";
import { sequentialOrder } from "../src/batches/order.ts";
import type { Sample } from "../src/dataset.ts";
import { decodeImages } from "../src/images/decode.ts";
import type { DecodedImages } from "../src/images/images.ts";

/** One kind of change alone, with its defaults. */
const alone: Readonly<Record<string, Augmentation>> = {
  jitter: { flip: 0, jitter: defaultAugmentation.jitter, erasing: false },
  RandAugment: { flip: 0, auto: { kind: "rand" }, jitter: false, erasing: false },
  TrivialAugment: { flip: 0, auto: { kind: "trivial" }, jitter: false, erasing: false },
};

const perSecond = (count: number, start: number) =>
  `${Math.round((count / (performance.now() - start)) * 1000)} images/s`;

async function batchSpeed(images: DecodedImages, threads: number, augmentation?: Augmentation) {
  const loader = createBatchLoader(images, { batchSize: 32, threads });
  const epoch = {
    order: sequentialOrder(images.count),
    seed: 0,
    augmentation,
  };
  for await (const batch of loader.epoch({ ...epoch, epoch: 0 })) void batch; // starts the threads
  const start = performance.now();
  for await (const batch of loader.epoch({ ...epoch, epoch: 1 })) void batch;
  const speed = perSecond(images.count, start);
  await loader.close();
  return speed;
}

const folder = await mkdtemp(join(tmpdir(), "mvt-speed-"));
try {
  const jpeg = await readFile(new URL("../test/fixtures/resize/100x100.jpg", import.meta.url));
  const samples = Array.from({ length: 1600 }, (_, i): Sample => {
    const image = { kind: "file", path: join(folder, `${i}.jpg`) } as const;
    return { id: `train_${i}`, image, expression: "neutral" };
  });
  for (const { image } of samples) if (image.kind === "file") await writeFile(image.path, jpeg);

  console.log(`${availableParallelism()} cores, Node ${process.version}`);
  for (const threads of [0, 1, 2, 4]) {
    const start = performance.now();
    await decodeImages(samples, { size: 224, threads });
    console.log(`100x100 JPEG to 224x224, ${threads} threads: ${perSecond(1600, start)}`);
  }
  for (const size of [48, 224]) {
    const some = samples.slice(0, size === 48 ? 1600 : 640);
    const images = await decodeImages(size === 48 ? Array(10).fill(some).flat() : some, { size });
    console.log(`${size}x${size} copied: ${await batchSpeed(images, 0)}`);
    for (const threads of [0, 1, 2]) {
      const speed = await batchSpeed(images, threads, defaultAugmentation);
      console.log(`${size}x${size} augmented, ${threads} threads: ${speed}`);
    }
    for (const [name, augmentation] of Object.entries(alone)) {
      const speed = await batchSpeed(images, 0, augmentation);
      console.log(`${size}x${size} ${name} alone, 0 threads: ${speed}`);
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
