/** @file The mask generator that a run left behind. */
import type { deit } from "@mvt/core";
import type { DatasetName } from "@mvt/datasets";
import { decodeMgn } from "@mvt/mgn";
import type { MgnFile } from "@mvt/mgn";
import type { RunFolder } from "../runs/store.ts";
import { UsageError } from "../usage-error.ts";

/** Reads mgn.safetensors and checks that it was trained for this data set and these pictures. */
export async function readMgn(
  run: RunFolder,
  dataset: DatasetName,
  { imageSize, patchSize }: deit.VitConfig,
): Promise<MgnFile> {
  const bytes = await run.read("mgn.safetensors");
  const path = run.path("mgn.safetensors");
  if (bytes === undefined) {
    throw new UsageError(
      `${path}: expected a trained mask generator, found none. Remove the run's folder to train it again.`,
    );
  }
  return decodeMgn(bytes, path, { imageSize, patchSize, dataset });
}
