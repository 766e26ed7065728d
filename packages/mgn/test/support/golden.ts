/** @file Golden values made by golden/make.py. */
import { readFileSync } from "node:fs";
import { decodeSafetensors } from "@mvt/core";
import type { NdArray } from "@mvt/core";

/** The arrays of one golden file; a missing name is an error. */
export function golden(name: string) {
  const path = new URL(`../golden/${name}.safetensors`, import.meta.url);
  const { weights } = decodeSafetensors(readFileSync(path), name);
  const array = (key: string): NdArray => {
    const found = weights.get(key);
    if (found === undefined) throw new Error(`golden ${name}: no array ${key}`);
    return found;
  };
  return { weights, array, data: (key: string) => array(key).data };
}
