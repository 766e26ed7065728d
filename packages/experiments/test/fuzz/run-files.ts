/** @file The files of a run without a manifest, so that their parsers get to see what is damaged. */
import { fc, type FuzzTarget, inFolder, jsonLike, tableLike, utf8 } from "@mvt/testing/fuzz";
import { checkClassOrder } from "../../src/evaluation/class-order.ts";
import { describeHolder, parseHolder } from "../../src/runs/lock-holder.ts";
import { readHeldOut } from "../../src/runs/held-out.ts";
import { parseManifest, makeManifest } from "../../src/runs/manifest.ts";
import { parsePredictions } from "../../src/runs/predictions.ts";
import { parseLabels } from "../../src/runs/read-labels.ts";
import { epochMetrics } from "../../src/runs/result.ts";
import { parseMetrics } from "../../src/runs/read-metrics.ts";
import { openRun, readConfig } from "../../src/runs/run-folder.ts";
import {
  classes,
  config,
  configJson,
  csv,
  heldOut,
  id,
  labelTable,
  metrics,
  predictions,
  result,
} from "./examples.ts";

const textOf = (input: Uint8Array) => Buffer.from(input).toString();
const seedOf = (rows: readonly (readonly string[])[]) => [utf8(csv(rows))];
const linesOf = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value));

/** As many classes as there are expressions; one field more is too many. */
const eight = ["a", "b", "c", "d", "e", "f", "g", "h"];
const ofEight = [
  ["id", "label", "predicted", ...eight],
  ["t1", "a", "b", ...eight.map(() => "0")],
];
const manifest = makeManifest({ "result.json": "{}", "predictions.csv": "id" });
const mgnResult = {
  kind: "mgn",
  id,
  title: "MGN",
  seed: 0,
  epochs: 1,
  m: 0.15,
  last: {
    epoch: 1,
    LD: 1,
    LG: 1,
    variance: 0,
    area: 0,
    accuracyGm: 0.5,
    accuracyRm: 0.5,
    meanArea: 0.2,
    spread: 0,
    bimodality: 0,
    positionShare: 0,
    collapse: [],
  },
};

const holder = {
  beat: "000000000007",
  pid: 4711,
  host: "gpu-1",
  boot: "b07a",
  namespace: "pid:[4026531836]",
  started: "12345",
  token: "0123456789abcdef0123456789abcdef",
};

export const runFileTargets: readonly FuzzTarget[] = [
  {
    name: "result.json",
    seeds: [result, mgnResult].map((value) => utf8(JSON.stringify(value))),
    structured: jsonLike([result, mgnResult]).map(utf8),
    parse: inFolder({}, `${id}/result.json`, (folder) => openRun(folder, id).result()),
  },
  {
    name: "config.json",
    seeds: [utf8(configJson)],
    structured: jsonLike([config]).map(utf8),
    parse: inFolder({}, `${id}/config.json`, (folder) => readConfig(openRun(folder, id))),
    checksum: true, // the run's id is its hash
  },
  {
    name: "metrics.jsonl",
    seeds: [utf8(`${linesOf(metrics).join("\n")}\n`)],
    structured: fc
      .tuple(fc.nat(1), jsonLike(metrics))
      .map(([at, line]) => utf8(`${linesOf(metrics).with(at, line).join("\n")}\n`)),
    parse: (input) => parseMetrics(textOf(input), "metrics.jsonl", epochMetrics),
  },
  {
    name: "labels.csv",
    seeds: seedOf(labelTable),
    structured: tableLike(labelTable).map(utf8),
    parse: (input) => parseLabels(textOf(input), "labels.csv"),
  },
  {
    name: "predictions.csv",
    seeds: seedOf(predictions),
    structured: tableLike(predictions).map(utf8),
    parse: (input) => parsePredictions(textOf(input), "predictions.csv"),
  },
  {
    name: "order of the classes",
    seeds: [...seedOf(predictions), ...seedOf(ofEight)],
    structured: tableLike(ofEight).map(utf8),
    parse: (input) => checkClassOrder(parsePredictions(textOf(input), "predictions.csv")),
    share: 0.2, // all orders are tried
  },
  {
    name: "held-out.csv",
    seeds: seedOf(heldOut),
    structured: tableLike(heldOut).map(utf8),
    parse: inFolder({}, `${id}/held-out.csv`, (folder) =>
      readHeldOut(openRun(folder, id), classes),
    ),
  },
  {
    name: "manifest.json",
    seeds: [utf8(JSON.stringify(manifest))],
    structured: jsonLike([manifest]).map(utf8),
    parse: (input) => parseManifest(textOf(input), "manifest.json"),
  },
  {
    name: "lock",
    seeds: [utf8(`${JSON.stringify(holder)}\n`)],
    structured: jsonLike([holder]).map(utf8),
    parse: (input) => describeHolder(parseHolder(textOf(input))),
  },
];
