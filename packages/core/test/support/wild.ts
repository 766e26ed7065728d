/** @file Files of weights made by golden/wild.py: one tiny DeiT as scripts of this field save it. */
import { readFileSync } from "node:fs";
import { backbones, openWeights, WeightsError } from "@mvt/core";
import type { deit, OpenOptions, VitMatch, Weights } from "@mvt/core";

const folder = new URL("../golden/wild/", import.meta.url);

export const wildBytes = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));

/** What golden/wild.py calls SHAPE. */
export const wild: deit.VitConfig = {
  imageSize: 12,
  patchSize: 4,
  width: 4,
  depth: 1,
  heads: 2,
  mlpRatio: 2,
  classes: 3,
};

/** Reads the golden files beside a golden file. */
const beside: OpenOptions["beside"] = async (name) => wildBytes(name);

export async function matchWild(name: string, options: OpenOptions = {}): Promise<VitMatch> {
  const file = await openWeights(wildBytes(name), name, { beside, ...options });
  return backbones.deit.match(file, wild);
}

export async function loadWild(name: string, options: OpenOptions = {}): Promise<Weights> {
  return backbones.deit.load(await matchWild(name, options));
}

/** The message of the WeightsError that loading ends with. */
export async function refusalOf(work: () => Promise<unknown>): Promise<string> {
  const error: unknown = await work().catch((thrown: unknown) => thrown);
  if (error instanceof WeightsError) return error.message;
  throw new TypeError(`refusalOf: expected a WeightsError, got ${String(error)}`);
}
