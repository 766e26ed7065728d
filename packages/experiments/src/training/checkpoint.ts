/**
 * @file The state of an interrupted run in one file, so that it is never half a state.
 *
 * Safetensors with parameters, moments, the best weights so far and the training history; metrics, label ledger and the
 * sums of a running epoch travel in its metadata. So does a SHA-256 of all of it: a checkpoint that was damaged is
 * refused. No other file of an unfinished run is needed.
 */
import { createHash, subtle } from "node:crypto";
import { parseJson } from "@mvt/common";
import { decodeSafetensors, encodeSafetensors, safetensorsParts, WeightsError } from "@mvt/core";
import type { NdArray, Weights } from "@mvt/core";
import type { HistoryArray } from "@mvt/relabel";
import { z } from "zod";

/** What the names of the history's arrays and of the best weights begin with. No name of the state does. */
const prefixes = { history: "history.", best: "best." } as const;

const partialEpoch = z.strictObject({
  steps: z.int().positive(),
  milliseconds: z.number().nonnegative(),
  sums: z.record(z.string(), z.array(z.number())),
});

/** An epoch that is not over: what its metrics are summed up from. */
export interface PartialEpoch {
  /** Steps taken in it. */
  readonly steps: number;
  /** How long they took. */
  readonly milliseconds: number;
  /** Finite numbers by name; a classifier and a mask generator sum up different things. */
  readonly sums: Readonly<Record<string, readonly number[]>>;
}

/** All that training goes on from. */
export interface Checkpoint<Metrics> {
  /** Parameters and optimiser moments. */
  readonly state: Weights;
  /** Optimiser steps taken. */
  readonly step: number;
  /** One entry per finished epoch. */
  readonly metrics: readonly Metrics[];
  /** The epoch after these, if the run stopped within it. */
  readonly partial?: PartialEpoch;
  /** The weights of the epoch that is best on the validation subset so far; only of classifiers. */
  readonly best?: Weights;
  /** The label ledger as JSON lines; only of runs that relabel. */
  readonly ledger?: string;
  /** The arrays of the training history; only of classifiers. */
  readonly history?: ReadonlyMap<string, HistoryArray>;
}

type Metadata = Readonly<Record<string, string>>;

/** The file of a checkpoint. */
export function encodeCheckpoint(checkpoint: Checkpoint<unknown>): Uint8Array {
  const { weights, metadata } = contentOf(checkpoint);
  const hashes = [...weights.values()].map((array) => hashHere(array));
  return encodeSafetensors(weights, withDigest(weights, hashes, metadata));
}

/**
 * The bytes of `encodeCheckpoint` in parts, to be written one after another. Large arrays are hashed beside the thread
 * that calls, and not copied: they must stay as they are until the parts are written.
 */
export async function encodeCheckpointParts(
  checkpoint: Checkpoint<unknown>,
): Promise<readonly Uint8Array[]> {
  const { weights, metadata } = contentOf(checkpoint);
  const hashes = await Promise.all([...weights.values()].map((array) => hashBeside(array)));
  return safetensorsParts(weights, withDigest(weights, hashes, metadata));
}

/** Bytes from which on another thread saves more than it takes to ask it. */
const worthAThread = 2 ** 18;

function contentOf({
  state,
  step,
  metrics,
  partial,
  ledger,
  best = new Map(),
  history = new Map(),
}: Checkpoint<unknown>): { readonly weights: Weights; readonly metadata: Metadata } {
  const named = (prefix: string, arrays: ReadonlyMap<string, HistoryArray>) =>
    [...arrays].map(([name, array]) => [`${prefix}${name}`, array] as const);
  return {
    weights: new Map([
      ...state,
      ...named(prefixes.best, best),
      ...named(prefixes.history, history),
    ]),
    metadata: {
      step: `${step}`,
      metrics: JSON.stringify(metrics),
      ...(partial === undefined ? {} : { partial: JSON.stringify(partial) }),
      ...(ledger === undefined ? {} : { ledger }),
    },
  };
}

const bytesOf = ({ data: { buffer, byteOffset, byteLength } }: NdArray) =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

const hashHere = (array: NdArray) => createHash("sha256").update(bytesOf(array)).digest("hex");

async function hashBeside(array: NdArray): Promise<string> {
  if (array.data.byteLength < worthAThread) return hashHere(array);
  return Buffer.from(await subtle.digest("SHA-256", bytesOf(array))).toString("hex");
}

/**
 * The metadata with the SHA-256 of names, shapes, values and metadata, whatever their order in the file. `hashes` are
 * those of the arrays, in the order of `weights`.
 */
function withDigest(weights: Weights, hashes: readonly string[], metadata: Metadata): Metadata {
  const arrays = [...weights].map(([name, { shape }], i) => [name, { shape, hash: hashes[i]! }]);
  const byName = (entries: readonly (readonly unknown[])[]) =>
    entries.toSorted(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
  const all = JSON.stringify([byName(Object.entries(metadata)), byName(arrays)]);
  return { ...metadata, sha256: createHash("sha256").update(all).digest("hex") };
}

/** Reads a checkpoint; `line` is what a line of its metrics must be. Throws WeightsError for any that is not whole. */
export function decodeCheckpoint<Metrics>(
  bytes: Uint8Array,
  source: string,
  line: z.ZodType<Metrics>,
): Checkpoint<Metrics> {
  const { weights, metadata } = decodeSafetensors(bytes, source);
  const { sha256, ...rest } = metadata;
  const { step, metrics, partial, ledger } = rest;
  if (step === undefined || metrics === undefined) {
    throw new WeightsError(
      `${source}: expected a checkpoint with step and metrics, got ${Object.keys(metadata).join(", ") || "no metadata"}`,
    );
  }
  const hashes = [...weights.values()].map((array) => hashHere(array));
  if (sha256 !== withDigest(weights, hashes, rest)["sha256"]) {
    throw new WeightsError(
      `${source}: expected a checkpoint as it was written, got one whose checksum differs`,
    );
  }
  const read = <Value>(what: string, type: z.ZodType<Value>, json: string) => {
    const parsed = type.safeParse(parseJson(json));
    if (parsed.success) return parsed.data;
    const { path, message } = parsed.error.issues[0]!;
    throw new WeightsError(
      `${source}: expected ${what} as this version writes them, got another ${path.join(".")} (${message})`,
    );
  };
  const under = (prefix: string): ReadonlyMap<string, HistoryArray> | undefined => {
    const found = [...weights].filter(([name]) => name.startsWith(prefix));
    if (found.length === 0) return undefined;
    return new Map(found.map(([name, array]) => [name.slice(prefix.length), array]));
  };
  const isState = (name: string) =>
    Object.values(prefixes).every((prefix) => !name.startsWith(prefix));
  return {
    state: new Map([...weights].filter(([name]) => isState(name))),
    step: read("steps", z.int().nonnegative(), step),
    metrics: read("metrics", line.array(), metrics),
    ...(partial === undefined ? {} : { partial: read("sums", partialEpoch, partial) }),
    best: under(prefixes.best),
    ledger,
    history: under(prefixes.history),
  };
}
