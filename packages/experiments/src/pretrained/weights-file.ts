/** @file Pre-trained weights from a file the user names. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { UserError } from "@mvt/common";
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

/** Node reads no more into memory at once. */
const maximumBytes = 2 ** 31 - 1;

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
  const unreadable = ({ code }: NodeJS.ErrnoException): never => {
    throw new WeightsError(
      `${path}: expected a file, found none that can be read (${code})`,
      "Check the path.",
    );
  };
  const found = await stat(path).catch(unreadable);
  if (found.size > maximumBytes) {
    throw new WeightsError(
      `${path}: expected a file of at most 2 GiB, got one of ${found.size} bytes`,
      "Save the weights alone, without the state of an optimiser.",
    );
  }
  // A device or a pipe has no size, and might never end.
  if (!found.isFile()) return unreadable({ code: "no regular file" } as NodeJS.ErrnoException);
  return readFile(path).catch(unreadable);
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
