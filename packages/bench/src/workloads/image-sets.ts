/**
 * @file Data sets of the size of RAF-DB and AffectNet: a few hundred synthetic faces, each of which stands for many
 * images. And the time that their batches take.
 */
import { join } from "node:path";
import {
  createBatchLoader,
  decodeImages,
  defaultAugmentation,
  hashImages,
  loadDataset,
  shuffledOrder,
  synthesize,
} from "@mvt/datasets";
import type { Batch, BatchLoader, ImageStorage, Images } from "@mvt/datasets";

/** The set whose sizes are taken over. RAF-DB's faces are JPEGs of 100 x 100 pixels, AffectNet's of 224 x 224. */
export type PublishedSet = "raf-db" | "affectnet-8";

/** Plain data, which is sent to the process of a competitor. */
export interface ImageSet {
  /** What `drawFaces` returned. */
  readonly folder: string;
  readonly kind: PublishedSet;
  /** The number of images. */
  readonly count: number;
  readonly storage: ImageStorage;
  /** S: images are resized to S x S pixels. */
  readonly size: number;
}

const differentFaces = 256;

/** Draws a few hundred faces into a folder of their own below `folder`, and returns its path. */
export async function drawFaces(folder: string, kind: PublishedSet): Promise<string> {
  const path = join(folder, kind);
  const counts = { train: differentFaces, test: 8 };
  await synthesize({ dataset: kind, folder: path, seed: 1, counts, labelNoise: 0, energy: false });
  return path;
}

/**
 * The set: decoded into memory, or to be decoded for every batch. One file stands for many samples, so files come
 * from the system's cache and not from the disk. What is decoded, and how often, is as in a set of different files.
 * Unlike `streamImages` this does not check every image first.
 */
export async function openImageSet(set: ImageSet): Promise<Images> {
  const { folder, kind, count, storage, size } = set;
  const faces = (await loadDataset(kind, folder)).splits.train;
  const samples = Array.from({ length: count }, (_, i) => ({
    ...faces[i % faces.length]!,
    id: `${i}`,
  }));
  if (storage === "memory") return decodeImages(samples, { size });
  const known = await hashImages(faces);
  const hashes = new Uint8Array(new SharedArrayBuffer((count * known.length) / faces.length));
  for (let at = 0; at < hashes.length; at += known.length) {
    hashes.set(known.subarray(0, hashes.length - at), at);
  }
  return {
    size,
    count,
    ids: samples.map(({ id }) => id),
    sources: samples.map(({ image }) => image),
    hashes,
  };
}

/** Augmented batches of the set as a training reads them, epoch after epoch, without end. */
export async function* endlessBatches(loader: BatchLoader, count: number): AsyncGenerator<Batch> {
  for (let epoch = 1; ; epoch += 1) {
    const order = shuffledOrder(count, 0, epoch);
    yield* loader.epoch({ order, seed: 0, epoch, augmentation: defaultAugmentation });
  }
}

/** The seconds per batch of so many augmented batches. Nothing is prepared before the first is asked for. */
export async function timeBatches(
  images: Images,
  { batchSize, batches, epoch }: Record<"batchSize" | "batches" | "epoch", number>,
): Promise<number> {
  const loader = createBatchLoader(images, { batchSize });
  try {
    const order = shuffledOrder(images.count, 0, epoch).subarray(0, batches * batchSize);
    const make = async (rows: Int32Array) => {
      let made = 0;
      const all = { order: rows, seed: 0, epoch, augmentation: defaultAugmentation };
      for await (const _ of loader.epoch(all)) made += 1;
      return made;
    };
    await make(order.subarray(0, 4 * batchSize)); // starts the loader's threads
    const start = performance.now();
    const made = await make(order);
    return (performance.now() - start) / 1000 / made;
  } finally {
    await loader.close();
  }
}
