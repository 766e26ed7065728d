/** @file Reads trained mask generators: of a run, or of a file that the user names. */
import { createHash } from "node:crypto";
import { UserError } from "@mvt/common";
import { readRegular } from "@mvt/common/files";
import type { deit } from "@mvt/core";
import type { DatasetName } from "@mvt/datasets";
import { decodeMgn } from "@mvt/mgn";
import type { MgnFile } from "@mvt/mgn";
import type { ClassifierConfig } from "../settings/run-config.ts";
import { openRun } from "./run-folder.ts";
import type { RunFolder } from "./run-folder.ts";

type Sizes = Pick<deit.VitConfig, "imageSize" | "patchSize">;

/** Reads mgn.safetensors and checks that it was trained for this data set and these images. */
export async function readMgn(
  run: RunFolder,
  dataset: DatasetName,
  { imageSize, patchSize }: Sizes,
): Promise<MgnFile> {
  const bytes = await run.read("mgn.safetensors");
  const path = run.path("mgn.safetensors");
  if (bytes === undefined) {
    throw new UserError(
      `${path}: expected a trained mask generator, found none. Remove the run's folder to train it again.`,
    );
  }
  return decodeMgn(bytes, path, { imageSize, patchSize, dataset });
}

/** Where the generator of the classifier in `run` lies: in a folder of its own, or, if it was a file, in the classifier's. */
export function generatorFolder(
  mgn: NonNullable<ClassifierConfig["mgn"]>,
  run: RunFolder,
  runsFolder: string,
): RunFolder {
  return "run" in mgn ? openRun(runsFolder, mgn.run) : run;
}

/** A mask generator that `--mgn` names. */
export interface NamedMgn {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly file: MgnFile;
}

/** Reads a file of `--mgn`, checked likewise. */
export async function readMgnFile(
  path: string,
  dataset: DatasetName,
  { imageSize, patchSize }: Sizes,
): Promise<NamedMgn> {
  const bytes = await readRegular(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new UserError(
      `--mgn ${path}: expected the mgn.safetensors of a trained mask generator, found none that can be read (${code}). Check the path.`,
    );
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const file = decodeMgn(bytes, `--mgn ${path}`, { imageSize, patchSize, dataset });
  return { path, sha256, bytes, file };
}
