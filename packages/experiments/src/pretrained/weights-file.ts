/** @file Pre-trained weights from a file the user names. */
import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { sum, UserError } from "@mvt/common";
import { readRegular, UnreadableFileError } from "@mvt/common/files";
import { backboneOf, forImagenetPixels, openWeights, reportOf, WeightsError } from "@mvt/core";
import type { BackboneConfig, VitReport, Weights, WeightsFile } from "@mvt/core";
import type { PretrainedOptions } from "../settings/run-config.ts";
import { lineageOf } from "./lineage.ts";
import type { Lineage } from "./lineage.ts";
import { officialWeights } from "./official.ts";

export interface PretrainedFile {
  readonly source: string;
  /** Where it comes from, as far as it is known. */
  readonly lineage: Lineage;
  /** Of the file; of a file with others beside it, the hash of all their hashes and names. */
  readonly sha256: string;
  /** How it was read. */
  readonly options: PretrainedOptions;
  /** Of every parameter but the head's. */
  readonly weights: Weights;
  /** What was loaded, what was skipped and why, what starts anew. */
  readonly report: VitReport;
}

/** A file of weights before it is matched with a network. */
export interface OpenedFile {
  /** As of `PretrainedFile`. */
  readonly sha256: string;
  /** Of all files together. */
  readonly bytes: number;
  readonly file: WeightsFile;
}

/**
 * Reads the weights of `model`, but its head's, from a PyTorch checkpoint, safetensors or ONNX.
 *
 * @param about what the user says of the file, for the run's record
 */
export async function readPretrainedFile(
  path: string,
  model: BackboneConfig,
  options: PretrainedOptions = {},
  about?: string,
): Promise<PretrainedFile> {
  return withPrefix("--weights ", async () => {
    const { sha256, file } = await openPretrainedFile(path, options.key);
    const backbone = backboneOf(model);
    const match = backbone.match(file, { ...model, classes: undefined });
    const loaded = backbone.load(match);
    return {
      source: path,
      lineage: lineageOf(path, sha256, about),
      sha256,
      options,
      weights: forImagenetPixels(loaded, options.normalization ?? "imagenet"),
      report: reportOf(match),
    };
  });
}

/** Opens a file of weights, with the files beside it that it refers to; throws WeightsError. */
export async function openPretrainedFile(path: string, key?: string): Promise<OpenedFile> {
  const bytes = await readWhole(path);
  const own = hashOf(bytes);
  const others = new Map<string, Uint8Array>();
  const beside = async (name: string) => {
    const content = await readBeside(path, name);
    others.set(name, content);
    return content;
  };
  // First, because the reason may be a better one than a checksum: a web page, half a file.
  const file = await openWeights(bytes, path, { key, beside });
  const hashes = [...others].map(([name, content]) => `${hashOf(content)} ${name}\n`);
  const sha256 = others.size === 0 ? own : hashOf([own, "\n", ...hashes.toSorted()].join(""));
  const { fileName, sha256Start } = officialWeights;
  if (basename(path) === fileName && !sha256.startsWith(sha256Start)) {
    throw new WeightsError(
      `${path}: expected the official file, whose SHA-256 begins with ${sha256Start}, got one with ${sha256}`,
      "Remove it and fetch it again with `pnpm exp weights fetch`, or give your own file another name.",
    );
  }
  const size = sum([bytes, ...others.values()].map(({ length }) => length));
  return { sha256, bytes: size, file };
}

function hashOf(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A file in the folder of another. A link is followed, but not out of that folder. */
async function readBeside(path: string, name: string): Promise<Uint8Array> {
  const wanted = join(dirname(path), name);
  try {
    const [folder, file] = await Promise.all([realpath(dirname(path)), realpath(wanted)]);
    if (!file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
      throw new WeightsError(
        `${path}: expected ${name} in its folder, found a link out of it`,
        "Copy the files that belong together into one folder.",
      );
    }
  } catch (error) {
    if (error instanceof WeightsError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new WeightsError(
      `${path}: expected ${name} beside it, found no file that can be read (${code})`,
      "Put all files that belong together into one folder, under the names that they were saved with.",
    );
  }
  return readWhole(wanted);
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
