/** @file Sets of pictures as large as the published ones, made cheaply: a few hundred synthetic faces, each many times. */
import { join } from "node:path";
import {
  createBatchLoader,
  decodeImages,
  defaultAugmentation,
  loadDataset,
  shuffledOrder,
  synthesize,
} from "@mvt/datasets";
import type { Batch, BatchLoader, ImageStorage, Images } from "@mvt/datasets";

/** RAF-DB's faces are JPEGs of 100 x 100, AffectNet's of 224 x 224. */
export type PictureKind = "raf-db" | "affectnet-8";

/** Plain data, so that a process of its own can be asked for it. */
export interface Pictures {
  /** What `drawPictures` returned. */
  readonly folder: string;
  readonly kind: PictureKind;
  /** How many the set has. */
  readonly count: number;
  readonly storage: ImageStorage;
  /** S: they are made S x S pixels. */
  readonly size: number;
}

const differentFaces = 256;

/** Draws faces into a folder of their own below `folder`, and returns its path. */
export async function drawPictures(folder: string, kind: PictureKind): Promise<string> {
  const path = join(folder, kind);
  const counts = { train: differentFaces, test: 8 };
  await synthesize({ dataset: kind, folder: path, seed: 1, counts, labelNoise: 0, energy: false });
  return path;
}

/**
 * The set, decoded, or to be decoded batch by batch. A file stands for many samples, so files come from
 * the system's cache and not from the disk; what is decoded, and how often, is as in a set of different files.
 * Unlike `streamImages` this does not try every picture before.
 */
export async function openPictures(pictures: Pictures): Promise<Images> {
  const { folder, kind, count, storage, size } = pictures;
  const faces = (await loadDataset(kind, folder)).splits.train;
  const samples = Array.from({ length: count }, (_, i) => ({
    ...faces[i % faces.length]!,
    id: `${i}`,
  }));
  if (storage === "memory") return decodeImages(samples, { size });
  return {
    size,
    count,
    ids: samples.map(({ id }) => id),
    sources: samples.map(({ image }) => image),
  };
}

/** Augmented batches of the set as a training reads them, epoch after epoch, without an end. */
export async function* endlessBatches(loader: BatchLoader, count: number): AsyncGenerator<Batch> {
  for (let epoch = 1; ; epoch += 1) {
    const order = shuffledOrder(count, 0, epoch);
    yield* loader.epoch({ order, seed: 0, epoch, augmentation: defaultAugmentation });
  }
}

/** Seconds per batch over so many batches, from a standing start: nothing is prepared before. */
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
    await make(order.subarray(0, 4 * batchSize)); // starts the threads
    const start = performance.now();
    const made = await make(order);
    return (performance.now() - start) / 1000 / made;
  } finally {
    await loader.close();
  }
}
