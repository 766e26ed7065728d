/** @file The part of a file of weights that lies under one prefix of names, such as "student". */
import { listFirst, shorten } from "@mvt/common";
import { WeightsError } from "./error.ts";
import type { StoredArray, WeightsFile } from "./stored.ts";

/**
 * The arrays whose names begin with `${prefix}.`, without it; the others become other entries. Throws WeightsError, which
 * lists what can be chosen, where there are none.
 *
 * @param dictionaries keys of dictionaries of the file, which can be chosen as well
 */
export function keepUnder(
  file: WeightsFile,
  prefix: string,
  dictionaries: readonly string[] = [],
): WeightsFile {
  const start = `${prefix}.`;
  const arrays = new Map<string, StoredArray>();
  const outside: string[] = [];
  for (const [name, array] of file.arrays) {
    if (name.startsWith(start)) arrays.set(name.slice(start.length), array);
    else outside.push(name);
  }
  if (arrays.size > 0) return { ...file, arrays, otherEntries: [...file.otherEntries, ...outside] };
  const beginnings = [...file.arrays.keys()].map((name) => shorten(name.split(".")[0]!));
  const known = new Set([...dictionaries.filter((key) => key !== ""), ...beginnings]);
  throw new WeightsError(
    `${file.source}: expected arrays under the key ${shorten(prefix)}, got none`,
    `Choose with --weights-key out of ${listFirst([...known], 12)}, or leave the option out.`,
  );
}
