/**
 * @file Weights in several files, with an index that says which array is where, as transformers saves large models:
 *
 *     {"metadata": {...}, "weight_map": {"blocks.0.norm1.weight": "model-00001-of-00002.safetensors"}}
 */
import { isRecord, listFirst, parseJson } from "@mvt/common";
import { readAllBeside } from "./beside.ts";
import type { ReadBeside } from "./beside.ts";
import { refuserOf } from "./error.ts";
import { requireFew } from "./stored.ts";
import type { StoredArray, WeightsFile } from "./stored.ts";

/** Whether the bytes are JSON: the eighth byte of safetensors is 0, since no header has 2^56 bytes. */
export function isIndex(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b && bytes.length > 8 && bytes[7] !== 0; // "{"
}

/** Opens the shards of an index. Throws WeightsError for an array that its shard does not have, or that two have. */
export async function openSharded(
  bytes: Uint8Array,
  source: string,
  {
    beside,
    open,
  }: {
    readonly beside: ReadBeside | undefined;
    /** Opens one shard. */
    readonly open: (bytes: Uint8Array, source: string) => Promise<WeightsFile>;
  },
): Promise<WeightsFile> {
  const refuse = refuserOf(source);
  const index = parseJson(Buffer.from(bytes).toString("utf8"));
  const map = isRecord(index) ? index["weight_map"] : undefined;
  if (!isRecord(map) || !Object.values(map).every((file) => typeof file === "string")) {
    return refuse(
      "weights, or the index of sharded weights with its weight_map",
      "other JSON",
      "Pass the file of the weights themselves; a config.json says nothing of them.",
    );
  }
  const places = Object.entries(map) as readonly (readonly [string, string])[];
  if (places.length === 0) refuse("the names of arrays in weight_map", "none");
  requireFew(places.length, refuse);
  const names = places.map(([, file]) => file);
  const shards = new Map<string, WeightsFile>();
  for (const [name, content] of await readAllBeside(names, beside, { source, refuse })) {
    if (isIndex(content)) refuse(`weights in ${name}`, "another index");
    shards.set(name, await open(content, `${source}, ${name}`));
  }
  const arrays = new Map<string, StoredArray>();
  for (const [name, shard] of shards) {
    for (const [array, stored] of shard.arrays) {
      if (arrays.has(array)) refuse(`${array} in one file`, `it again in ${name}`);
      arrays.set(array, stored);
    }
  }
  const absent = places.filter(([array, file]) => shards.get(file)?.arrays.has(array) !== true);
  if (absent.length > 0) {
    const [[, file]] = absent as [readonly [string, string]];
    const listed = listFirst(
      absent.map(([array]) => array),
      3,
    );
    refuse(`${listed} in ${file}`, "a file without it");
  }
  const [{ format }] = [...shards.values()] as [WeightsFile];
  const otherEntries = [...shards.values()].flatMap((shard) => shard.otherEntries);
  return { source, format, arrays, otherEntries };
}
