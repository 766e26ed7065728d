/** @file Files that belong to a file of weights and lie beside it: shards, and the external data of an ONNX model. */
import { printable, shorten } from "@mvt/common";
import { WeightsError } from "./error.ts";
import type { Refuse } from "./error.ts";

/**
 * Reads a file by the name that another file gives for it: relative, with "/" between folders, never out of the folder of
 * that file. Throws WeightsError where it cannot be read.
 */
export type ReadBeside = (name: string) => Promise<Uint8Array>;

/** One for each of the largest networks' arrays, as some exporters write them. */
const maximumFiles = 2000;

/** The longest name of a file on usual disks is 255 bytes. */
const maximumLength = 1000;

/** Reads the files of these names, each once. Throws WeightsError for a name that leads out of the folder. */
export async function readAllBeside(
  names: Iterable<string>,
  read: ReadBeside | undefined,
  { source, refuse }: { readonly source: string; readonly refuse: Refuse },
): Promise<ReadonlyMap<string, Uint8Array>> {
  const wanted = new Set(names);
  if (wanted.size > maximumFiles)
    refuse(`at most ${maximumFiles} files beside it`, `${wanted.size}`);
  for (const name of wanted) requireInside(name, refuse);
  if (read === undefined && wanted.size > 0) {
    throw new WeightsError(
      `${source}: expected all values in the file, got a reference to ${[...wanted][0]}`,
      "Save the model in one file: onnx.save(onnx.load(FILE), OUT), which holds up to 2 GiB.",
    );
  }
  const files = new Map<string, Uint8Array>();
  for (const name of wanted) files.set(name, await read!(name));
  return files;
}

function requireInside(name: string, refuse: Refuse): void {
  const isPlain = name.length <= maximumLength && printable(name) === name && !/[\\:]/.test(name);
  const parts = name.split("/");
  if (isPlain && parts.every((part) => part !== "" && part !== "." && part !== "..")) return;
  refuse(
    "names of files in its own folder",
    shorten(name) || "an empty one",
    "Put the files that belong together into one folder, and save them again.",
  );
}
