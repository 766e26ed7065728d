/** @file What a small finished run leaves behind. */
import { LabelLedger } from "@mvt/relabel";
import type { ClassifierResult, EpochMetrics } from "../../src/runs/result.ts";
import { canonicalJson, runId } from "../../src/settings/run-config.ts";
import { tinyConfig } from "../fixtures/run-config.ts";

export const classes = ["anger", "fear", "sadness"];
export const config = { ...tinyConfig, model: { ...tinyConfig.model, classes: classes.length } };
export const id = runId(config);
export const configJson = canonicalJson(config);

const epochOf = (epoch: number): EpochMetrics => ({
  epoch,
  learningRate: 0.01,
  loss: 1.5 / epoch,
  train: { k: 2, n: 3 },
  relabelled: 0,
  validation: { k: 1, n: 2 },
  test: { k: 2, n: 3 },
  imagesPerSecond: 12.5,
});
export const metrics = [epochOf(1), epochOf(2)];

const tested = { k: 2, n: 3, epoch: 2 };
export const result: ClassifierResult = {
  kind: "classifier",
  id,
  title: "RAF-DB, linear, seed 0",
  seed: 0,
  epochs: 2,
  parameters: 1000,
  validation: tested,
  last: tested,
  bestOnTest: tested,
  relabel: { changed: 1, precision: { k: 1, n: 1 } },
};

const labels = new LabelLedger({ ids: ["a", "b", "c"], given: [0, 1, 2], classes });
labels.apply({ sample: 1, epoch: 2, label: 0, pMax: 0.9, pGt: 0.125, threshold: 0.5 });
export const ledger = labels.toJsonLines();

export const predictions = [
  ["id", "label", "predicted", ...classes],
  ["t1", "anger", "anger", "0.900000", "0.050000", "0.050000"],
  ["t2", "fear", "anger", "0.500000", "0.250000", "0.250000"],
  ["t3", "sadness", "sadness", "0.100000", "0.100000", "0.800000"],
];
export const heldOut = [
  ["id", "given", ...classes],
  ["a", "anger", "0.9", "0.05", "0.05"],
  ["b", "fear", "1e-7", "0.9999999", "0"],
];
export const labelTable = [
  [
    "id",
    "given",
    "current",
    "true",
    "self_confidence",
    "normalized_margin",
    "aum",
    "changed_epochs",
  ],
  ["a", "anger", "anger", "", "0.900000", "0.100000", "1.250000", ""],
  ["b", "fear", "anger", "anger", "0.012345", "0.100000", "-1.234567", "2 10"],
  ["c", "sadness", "sadness", "fear", "", "", "", ""],
];

/** The text of a table. */
export const csv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => `${row.join()}\n`).join("");
