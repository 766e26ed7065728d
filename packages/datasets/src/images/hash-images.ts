/** @file Hashes the images of a data set, in worker threads where they are many. */
import { availableParallelism } from "node:os";
import { moduleBeside } from "@mvt/common";
import { mapConcurrently } from "../concurrently.ts";
import { type ImageSource, type Sample, type SplitName, splitNames } from "../dataset.ts";
import type { Dataset } from "../datasets.ts";
import { inThreads } from "../in-threads.ts";
import type { FileHashes, FileLook } from "./file-hashes.ts";
import hashTask from "./hash-worker.ts";
import {
  cropText,
  type DatasetHashes,
  hashImage,
  hashLength,
  type ImageHashes,
  hashOf,
  wasRead,
} from "./hashes.ts";

/** Images of a task of a thread. With fewer in all, no thread is started: that takes as long as hashing them. */
const taskLength = 256;

const looksAtOnce = 16;

/** Reads and hashes every image, but for files whose hash is known. Fails for none. */
export async function hashImages(
  samples: readonly Sample[],
  files?: FileHashes,
): Promise<ImageHashes> {
  const hashes = new Uint8Array(new SharedArrayBuffer(hashLength * samples.length));
  const unknown: { readonly row: number; readonly image: ImageSource; readonly look?: FileLook }[] =
    [];
  await mapConcurrently([...samples.entries()], looksAtOnce, async ([row, { image }]) => {
    if (image.kind === "pixels") {
      hashes.set(hashImage(image, image.grey), row * hashLength);
      return;
    }
    const look = await files?.look(image.path, `image${cropText(image.crop)}`);
    if (look?.known) hashes.set(look.known, row * hashLength);
    else unknown.push({ row, image, look });
  });
  const found = await inThreads(
    { module: moduleBeside(import.meta.url, "hash-worker"), run: hashTask },
    {
      count: Math.ceil(unknown.length / taskLength),
      make: (i) => unknown.slice(i * taskLength, (i + 1) * taskLength).map(({ image }) => image),
      threads: unknown.length > taskLength ? availableParallelism() : 0,
    },
  );
  for (const [i, { row, look }] of unknown.entries()) {
    const part = found[Math.floor(i / taskLength)]!;
    if (!wasRead(part, i % taskLength)) continue;
    const hash = hashOf(part, i % taskLength);
    hashes.set(hash, row * hashLength);
    look?.learn(Buffer.from(hash));
  }
  return hashes;
}

/** Reads and hashes every image of a data set, but for files whose hash is known. Fails for none. */
export async function hashDataset(
  { splits }: Pick<Dataset, "splits">,
  files?: FileHashes,
): Promise<DatasetHashes> {
  const hashes: Partial<Record<SplitName, ImageHashes>> = {};
  for (const split of splitNames) hashes[split] = await hashImages(splits[split], files);
  return hashes as DatasetHashes;
}
