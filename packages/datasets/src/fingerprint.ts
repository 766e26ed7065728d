/** @file One hash of everything that training reads of a data set. */
import { createHash } from "node:crypto";
import { readRegular } from "@mvt/common/files";
import { mapConcurrently } from "./concurrently.ts";
import { type ImageSource, splitNames } from "./dataset.ts";
import type { Dataset } from "./datasets.ts";
import { DatasetError } from "./error.ts";
import { isMissing } from "./files.ts";

const filesAtOnce = 16;

/**
 * SHA-256, in hex, of name, layout, protocol and classes, and of the split, id, label and image of every sample
 * in order. Of an image the content is hashed: the bytes of its file, or its size and pixels. So one changed
 * label or pixel changes the hash, and moving the folder does not. True labels are hashed where real data have them.
 * The ground truth of drawn faces is left out: it goes with their pixels.
 */
export async function fingerprint(dataset: Dataset): Promise<string> {
  const { name, layout, protocol, classes, trueExpressions } = dataset;
  const hash = createHash("sha256").update(JSON.stringify({ name, layout, protocol, classes }));
  for (const split of splitNames) {
    const samples = dataset.splits[split];
    const contents = await mapConcurrently(samples, filesAtOnce, async ({ image }) =>
      hashImage(image, image.kind === "file" ? await readImage(image.path) : image.grey),
    );
    for (const [i, { id, expression }] of samples.entries()) {
      const truth = trueExpressions?.get(id);
      const known = truth === undefined ? [] : [truth];
      hash.update(`${JSON.stringify([split, id, expression, contents[i], ...known])}\n`);
    }
  }
  return hash.digest("hex");
}

/** SHA-256, in hex, of an image: of its `bytes`, and of its size if they are plain pixels, or of its crop. */
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
    return await readRegular(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new DatasetError(
      `${path}: expected an image, found no file. Unpack all images of the data set.`,
      { cause: error },
    );
  }
}
