/** @file Checkpoints, which hold a checksum of all that they say. */
import { decodeSafetensors, encodeSafetensors } from "@mvt/core";
import { fc, type FuzzTarget, jsonLike, oddTexts } from "@mvt/testing/fuzz";
import { epochMetrics } from "../../src/runs/result.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/training/checkpoint.ts";
import { ledger, metrics } from "./examples.ts";

const array = (...data: readonly number[]) => ({
  shape: [data.length],
  data: Float32Array.from(data),
});
const state = new Map([
  ["head.weight", { shape: [2, 3], data: Float32Array.of(1, -2, 3, 0.5, 1e-9, 7) }],
  ["head.weight.m", array(0.1, 0.2)],
]);
const history = new Map([["draws", array(1, 2, 3)]]);
const best = new Map([["head.weight", array(3, 2, 1)]]);
const partial = { steps: 4, milliseconds: 120, sums: { loss: [1.25], train: [3, 8] } };

const seeds = [
  encodeCheckpoint({ state, step: 812, metrics, partial, best, ledger, history }),
  encodeCheckpoint({ state, step: 3, metrics: [] }),
].map((bytes) => Uint8Array.from(bytes));

const { weights, metadata } = decodeSafetensors(seeds[0]!, "file");
const edited = fc
  .tuple(
    fc.constantFrom(...Object.keys(metadata)),
    fc.oneof(fc.constantFrom(...oddTexts, "813"), jsonLike([metrics])),
  )
  .map(([key, text]) => encodeSafetensors(weights, { ...metadata, [key]: text }));

export const checkpointTargets: readonly FuzzTarget[] = [
  {
    name: "checkpoint",
    seeds,
    structured: edited,
    parse: (input) => decodeCheckpoint(input, "file", epochMetrics),
    checksum: true,
  },
];
