/** @file Opens a file of weights in any format. The first bytes tell which format it is; what reads it is loaded then. */
import { refuserOf, WeightsError } from "./error.ts";
import { openSafetensors } from "./safetensors.ts";
import { isIndex, openSharded } from "./sharded.ts";
import type { ReadBeside } from "./beside.ts";
import { keepUnder } from "./under.ts";
import { requireFew, requireName, type WeightsFile } from "./stored.ts";

export interface OpenOptions {
  /**
   * Which of several networks of the file: the keys that lead to a dictionary of a checkpoint, the beginning of names, or
   * both, joined by full stops: "ema", "student.backbone". Default: the one that is usual, or the only one.
   */
  readonly key?: string | undefined;
  /** Reads the files beside it that it refers to. Without, a file that does so is refused. */
  readonly beside?: ReadBeside;
}

/**
 * Opens safetensors, a PyTorch checkpoint in either format, an index of such files, or an ONNX model. No array is loaded
 * yet. Throws WeightsError for what cannot be read, and where `key` leads to no arrays.
 *
 * @param source the path, for errors; its extension decides if the first bytes do not
 */
export async function openWeights(
  bytes: Uint8Array,
  source: string,
  options: OpenOptions = {},
): Promise<WeightsFile> {
  refuseOtherFiles(bytes, source);
  const file = await openWithKey(bytes, source, options);
  const refuse = refuserOf(source);
  requireFew(file.arrays.size, refuse);
  for (const name of file.arrays.keys()) requireName(name, refuse);
  for (const name of file.otherEntries) requireName(name, refuse);
  return file;
}

/** A key leads to a dictionary in pickles, and is the beginning of names in the other formats. */
async function openWithKey(
  bytes: Uint8Array,
  source: string,
  { key, beside }: OpenOptions,
): Promise<WeightsFile> {
  if (isIndex(bytes)) {
    const open = (shard: Uint8Array, name: string) => openByFormat(shard, name, {});
    const sharded = await openSharded(bytes, source, { beside, open });
    return key === undefined ? sharded : keepUnder(sharded, key);
  }
  const file = await openByFormat(bytes, source, { key, beside });
  const isPickle = file.format === "PyTorch zip" || file.format === "PyTorch pickle";
  return key === undefined || isPickle ? file : keepUnder(file, key);
}

async function openByFormat(
  bytes: Uint8Array,
  source: string,
  { key, beside }: OpenOptions,
): Promise<WeightsFile> {
  const [first, second] = bytes;
  const begins = (text: string) => startOf(bytes, text.length) === text;
  // Safetensors first: a header of 640 bytes begins with 0x80 0x02, as a pickle does.
  if (bytes[8] === 0x7b) return openSafetensors(bytes, source); // "{"
  if (begins("PK\u0003\u0004") || begins("PK\u0005\u0006")) {
    const { openTorchArchive } = await import("./pytorch/archive.ts");
    return openTorchArchive(bytes, source, key);
  }
  if (first === 0x80 && second! >= 2 && second! <= 5) {
    const { openTorchPickle } = await import("./pytorch/legacy.ts");
    return openTorchPickle(bytes, source, key);
  }
  if (source.endsWith(".safetensors")) return openSafetensors(bytes, source);
  if (first === 0x08 /* ir_version */ || source.endsWith(".onnx")) {
    const { openOnnx } = await import("./onnx.ts");
    return openOnnx(bytes, source, beside);
  }
  const known = otherFormats.find((format) => begins(format.start));
  const hex = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  throw new WeightsError(
    `${source}: expected safetensors, a PyTorch checkpoint or an ONNX model, got ${known?.what ?? `a file that begins with the bytes ${hex}`}`,
    known?.advice ?? "Pass one of these formats; `pnpm exp weights fetch` gets the official file.",
  );
}

/** Formats of weights that are not read, by their first bytes, and the way from them to one that is. */
const otherFormats = [
  {
    start: "\u0089HDF",
    what: "an HDF5 file, as Keras writes it",
    advice:
      "Load it there, and save its arrays under timm's names with safetensors.numpy.save_file.",
  },
  { start: "\u001F\u008B", what: "a file packed by gzip", advice: "Unpack it with gunzip." },
  {
    start: "GGUF",
    what: "a GGUF file",
    advice: "Pass the weights that it was made of: it holds a language model, or rounded numbers.",
  },
] as const;

/** Refuses files that downloads and tools leave in place of the weights. */
function refuseOtherFiles(bytes: Uint8Array, source: string): void {
  const refuse = (got: string, advice: string) => {
    throw new WeightsError(`${source}: expected a file of weights, got ${got}`, advice);
  };
  if (bytes.length === 0) refuse("an empty file", "Download or copy it again.");
  const start = startOf(bytes, 256);
  if (start.startsWith("version https://git-lfs.github.com/spec/")) {
    refuse("a Git LFS pointer to one", "Fetch what it points to with `git lfs pull`.");
  }
  if (/^\s*(<!doctype|<html|<\?xml|<head)/i.test(start)) {
    refuse(
      "a web page",
      "The link led to a page instead of the file: download the file itself, for example with `curl -L`.",
    );
  }
}

function startOf(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.subarray(0, length)).toString("latin1");
}
