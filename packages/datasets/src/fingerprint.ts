/** @file One hash of everything that training and its reports read of a data set. */
import { createHash } from "node:crypto";
import { readRegular } from "@mvt/common/files";
import { mapConcurrently } from "./concurrently.ts";
import { type GroundTruth, type Sample, splitNames } from "./dataset.ts";
import type { Dataset } from "./datasets.ts";
import { DatasetError } from "./error.ts";
import { isMissing } from "./files.ts";
import type { FileHashes } from "./images/file-hashes.ts";
import { hashDataset } from "./images/hash-images.ts";
import { changedError, type DatasetHashes, hashOf, wasRead } from "./images/hashes.ts";

const filesAtOnce = 16;

/**
 * SHA-256, in hex, of name, layout, protocol and classes, and of the split, id, label and image of every sample
 * in order. Of an image the content is hashed: the bytes of its file, or its size and pixels. So one changed
 * label or pixel changes the hash, and moving the folder does not. True labels are hashed where they are known, and of
 * drawn faces the share of wrong labels and the images of expression energy.
 *
 * @param hashes those of the images, as `hashDataset` gives them; made here if absent
 * @param files the known hashes of files; if absent, every file is read
 * @throws UnreadableFileError or DatasetError for an image that cannot be read
 */
export async function fingerprint(
  dataset: Dataset,
  hashes?: DatasetHashes,
  files?: FileHashes,
): Promise<string> {
  const { name, layout, protocol, classes, trueExpressions, groundTruth } = dataset;
  const contents = hashes ?? (await hashDataset(dataset, files));
  const drawn = groundTruth && { labelNoise: groundTruth.labelNoise };
  const about = JSON.stringify({ name, layout, protocol, classes, ...drawn });
  const hash = createHash("sha256").update(about);
  for (const split of splitNames) {
    const samples = dataset.splits[split];
    const energies = groundTruth && (await hashEnergies(samples, groundTruth, files));
    for (const [i, { id, expression, image }] of samples.entries()) {
      if (!wasRead(contents[split], i) && image.kind === "file") throw await unreadable(image.path);
      const content = Buffer.from(hashOf(contents[split], i)).toString("hex");
      const truth = trueExpressions?.get(id) ?? groundTruth?.expressions.get(id);
      const known = truth === undefined ? [] : [truth];
      const energy = energies === undefined ? [] : [energies[i]!];
      hash.update(`${JSON.stringify([split, id, expression, content, ...known, ...energy])}\n`);
    }
  }
  return hash.digest("hex");
}

/** SHA-256, in hex, of the energy image of each sample; "none" where none was drawn. */
async function hashEnergies(
  samples: readonly Sample[],
  truth: GroundTruth,
  files: FileHashes | undefined,
): Promise<readonly string[]> {
  return mapConcurrently(samples, filesAtOnce, async ({ id }) => {
    const path = truth.expressionEnergy(id);
    const read = async () =>
      createHash("sha256")
        .update(await readRegular(path))
        .digest();
    try {
      const hash = files === undefined ? await read() : await files.of(path, "energy", read);
      return hash.toString("hex");
    } catch (error) {
      if (isMissing(error)) return "none";
      throw error;
    }
  });
}

/** Why an image could not be read. */
async function unreadable(path: string): Promise<unknown> {
  try {
    await readRegular(path);
    return changedError(path); // it can be read by now
  } catch (error) {
    if (!isMissing(error)) return error;
    return new DatasetError(
      `${path}: expected an image, found no file. Unpack all images of the data set.`,
      { cause: error },
    );
  }
}
