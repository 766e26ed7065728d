/** @file Pre-trained weights from a file the user names. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { UserError } from "@mvt/common";
import { readRegular, UnreadableFileError } from "@mvt/common/files";
import { backboneOf, openWeights, reportOf, WeightsError } from "@mvt/core";
import type { BackboneConfig, VitReport, Weights, WeightsFile } from "@mvt/core";
import { officialWeights } from "./official.ts";

export interface PretrainedFile {
  readonly source: string;
  readonly sha256: string;
  /** Of every parameter but the head's. */
  readonly weights: Weights;
  /** What was loaded, what was skipped and why, what starts anew. */
  readonly report: VitReport;
}

/** A file of weights before it is matched with a network. */
export interface OpenedFile {
  readonly sha256: string;
  readonly bytes: number;
  readonly file: WeightsFile;
}

/** Reads the weights of `model`, but its head's, from a PyTorch checkpoint, safetensors or ONNX. */
export async function readPretrainedFile(
  path: string,
  model: BackboneConfig,
): Promise<PretrainedFile> {
  return withPrefix("--weights ", async () => {
    const { sha256, file } = await openPretrainedFile(path);
    const backbone = backboneOf(model);
    const match = backbone.match(file, { ...model, classes: undefined });
    return { source: path, sha256, weights: backbone.load(match), report: reportOf(match) };
  });
}

/** Opens a file of weights; throws WeightsError. */
export async function openPretrainedFile(path: string): Promise<OpenedFile> {
  const bytes = await readWhole(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  // First, because the reason may be a better one than a checksum: a web page, half a file.
  const file = await openWeights(bytes, path);
  const { fileName, sha256Start } = officialWeights;
  if (basename(path) === fileName && !sha256.startsWith(sha256Start)) {
    throw new WeightsError(
      `${path}: expected the official file, whose SHA-256 begins with ${sha256Start}, got one with ${sha256}`,
      "Remove it and fetch it again with `pnpm exp weights fetch`, or give your own file another name.",
    );
  }
  return { sha256, bytes: bytes.length, file };
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readRegular(path);
  } catch (error) {
    if (error instanceof UnreadableFileError) {
      throw new WeightsError(error.finding, error.advice);
    }
    const { code } = error as NodeJS.ErrnoException;
    throw new WeightsError(
      `${path}: expected a file, found none that can be read (${code})`,
      "Check the path.",
    );
  }
}

/** Runs `work`; an error about a file that cannot be used gets `prefix` before its message. */
export async function withPrefix<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw new UserError(`${prefix}${error.message}`);
  }
}
