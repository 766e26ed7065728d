/** @file Pre-trained weights from a file the user names. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { decodeSafetensors } from "@mvt/core";
import type { Weights } from "@mvt/core";
import { UsageError } from "../usage-error.ts";

export interface PretrainedFile {
  readonly source: string;
  readonly sha256: string;
  readonly weights: Weights;
}

/** Reads a safetensors file with timm's names. */
export async function readPretrainedFile(path: string): Promise<PretrainedFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--weights ${path}: expected a file, found none that can be read (${error.code}). Check the path.`,
    );
  });
  return {
    source: path,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    weights: decodeSafetensors(bytes, path).weights,
  };
}
