/** @file Pre-trained weights from a file the user names. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { decodeSafetensors, WeightsError } from "@mvt/core";
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
    weights: decode(bytes, path),
  };
}

function decode(bytes: Uint8Array, path: string): Weights {
  try {
    return decodeSafetensors(bytes, path).weights;
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw new UsageError(
      `--weights ${error.message}. Pass an intact safetensors file, for example by copying it again.`,
    );
  }
}
