/**
 * @file The state of an interrupted run in one file, so that it is never half a state.
 *
 * Safetensors with parameters, moments and the training history; metrics and label ledger travel in its metadata. So does
 * a SHA-256 of all of it: a checkpoint that was damaged is refused.
 */
import { createHash } from "node:crypto";
import { decodeSafetensors, encodeSafetensors, WeightsError } from "@mvt/core";
import type { Weights } from "@mvt/core";
import type { HistoryArray } from "@mvt/relabel";
import type { z } from "zod";

/** What the names of the history's arrays begin with. No name of the state does. */
const historyPrefix = "history.";

export interface Checkpoint<Metrics> {
  /** Parameters and optimiser moments. */
  readonly state: Weights;
  /** Optimiser steps taken. */
  readonly step: number;
  /** One entry per finished epoch. */
  readonly metrics: readonly Metrics[];
  /** The label ledger as JSON lines; only of runs that relabel. */
  readonly ledger?: string;
  /** The arrays of the training history; only of classifiers. */
  readonly history?: ReadonlyMap<string, HistoryArray>;
}

/** The file of a checkpoint. */
export function encodeCheckpoint({
  state,
  step,
  metrics,
  ledger,
  history = new Map(),
}: Checkpoint<unknown>): Uint8Array {
  const named = [...history].map(([name, array]) => [`${historyPrefix}${name}`, array] as const);
  const weights: Weights = new Map([...state, ...named]);
  const metadata = {
    step: `${step}`,
    metrics: JSON.stringify(metrics),
    ...(ledger === undefined ? {} : { ledger }),
  };
  return encodeSafetensors(weights, { ...metadata, sha256: digestOf(weights, metadata) });
}

/** The SHA-256 of names, shapes and values, and of the metadata, whatever their order in the file. */
function digestOf(weights: Weights, metadata: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  const byName = <Value>(entries: Iterable<readonly [string, Value]>) =>
    [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  hash.update(JSON.stringify(byName(Object.entries(metadata))));
  for (const [name, { shape, data }] of byName(weights)) {
    hash.update(JSON.stringify([name, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** Reads a checkpoint; `line` is what a line of its metrics must be. */
export function decodeCheckpoint<Metrics>(
  bytes: Uint8Array,
  source: string,
  line: z.ZodType<Metrics>,
): Checkpoint<Metrics> {
  const { weights, metadata } = decodeSafetensors(bytes, source);
  const { sha256, ...rest } = metadata;
  const { step, metrics, ledger } = rest;
  if (step === undefined || metrics === undefined) {
    throw new WeightsError(
      `${source}: expected a checkpoint with step and metrics, got ${Object.keys(metadata).join(", ") || "no metadata"}`,
    );
  }
  if (sha256 !== digestOf(weights, rest)) {
    throw new WeightsError(
      `${source}: expected a checkpoint as it was written, got one whose checksum differs`,
    );
  }
  const lines = line.array().safeParse(JSON.parse(metrics));
  if (!lines.success) {
    const { path, message } = lines.error.issues[0]!;
    throw new WeightsError(
      `${source}: expected metrics as this version writes them, got another ${path.join(".")} (${message})`,
    );
  }
  const isHistory = ([name]: readonly [string, unknown]) => name.startsWith(historyPrefix);
  const history = [...weights]
    .filter(isHistory)
    .map(([name, array]) => [name.slice(historyPrefix.length), array] as const);
  return {
    state: new Map([...weights].filter((entry) => !isHistory(entry))),
    step: Number(step),
    metrics: lines.data,
    ledger,
    history: history.length === 0 ? undefined : new Map(history),
  };
}
