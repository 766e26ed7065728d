/** @file One hash for all that a training sees of a data set. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { mapConcurrently } from "./concurrently.ts";
import { splitNames, type Dataset, type ImageSource } from "./dataset.ts";
import { DatasetError } from "./error.ts";
import { isMissing } from "./layout.ts";

const filesAtOnce = 16;

/**
 * SHA-256, in hex, over name, layout, protocol and classes, and over the split, id, label and image
 * of every sample in order. An image counts with its content: the bytes of its file, or its size and
 * pixels. So one changed label or pixel gives another hash, while moving the folder does not. The
 * ground truth does not count: no training sees it.
 */
export async function fingerprint(dataset: Dataset): Promise<string> {
  const { name, layout, protocol, classes } = dataset;
  const hash = createHash("sha256").update(JSON.stringify({ name, layout, protocol, classes }));
  for (const split of splitNames) {
    const samples = dataset.splits[split];
    const contents = await mapConcurrently(samples, filesAtOnce, async ({ image }) =>
      hashImage(image, image.kind === "file" ? await readImage(image.path) : image.grey),
    );
    for (const [i, { id, expression }] of samples.entries()) {
      hash.update(`${JSON.stringify([split, id, expression, contents[i]])}\n`);
    }
  }
  return hash.digest("hex");
}

/** SHA-256, in hex, of an image: of `bytes`, and of the size where they are bare pixels, or the crop. */
export function hashImage(image: ImageSource, bytes: Uint8Array): string {
  const hash = createHash("sha256");
  if (image.kind === "pixels") hash.update(`${image.width}x${image.height} `);
  else if (image.crop) {
    const { left, top, width, height } = image.crop;
    hash.update(`crop ${left} ${top} ${width} ${height} `);
  }
  return hash.update(bytes).digest("hex");
}

async function readImage(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new DatasetError(
      `${path}: expected an image, found no file. Unpack all images of the data set.`,
      { cause: error },
    );
  }
}
