/**
 * @file Files of a finished run, for which its manifest vouches: a damaged one is refused, or says the same. Also a damaged
 * manifest must not make the other files say something else.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeSafetensors, encodeSafetensors } from "@mvt/core";
import { type Files, type FuzzTarget, inFolder, utf8 } from "@mvt/testing/fuzz";
import { readPredictions } from "../../src/runs/predictions.ts";
import { readLabels } from "../../src/runs/read-labels.ts";
import { epochMetrics } from "../../src/runs/result.ts";
import { readMetrics } from "../../src/runs/read-metrics.ts";
import { openRun, readConfig } from "../../src/runs/run-folder.ts";
import type { RunFile, RunFolder } from "../../src/runs/run-folder.ts";
import { configJson, csv, id, labelTable, metrics, predictions, result } from "./examples.ts";

const weights = encodeSafetensors(
  new Map([["head.weight", { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }]]),
);
const written = {
  "config.json": configJson,
  "metrics.jsonl": metrics.map((line) => `${JSON.stringify(line)}\n`).join(""),
  "labels.csv": csv(labelTable),
  "predictions.csv": csv(predictions),
  "validation-best.safetensors": weights,
} as const satisfies Files;

/** All files of the run as it finishes. */
async function finishedFiles(): Promise<Files> {
  const runs = await mkdtemp(join(tmpdir(), "run-"));
  const run = openRun(runs, id);
  for (const [name, content] of Object.entries(written)) await run.write(name as RunFile, content);
  await run.finish(result);
  const names: readonly RunFile[] = [
    ...(Object.keys(written) as RunFile[]),
    "result.json",
    "manifest.json",
  ];
  const entries = names.map(
    async (name) => [`${id}/${name}`, await readFile(run.path(name))] as const,
  );
  const finished = Object.fromEntries(await Promise.all(entries));
  await rm(runs, { recursive: true });
  return finished;
}

const files = await finishedFiles();

const weightsOf = async (run: RunFolder) => {
  const bytes = await run.read("validation-best.safetensors");
  return bytes && decodeSafetensors(bytes, "weights").weights;
};

/** The readers of files, by what they read. */
const readers: Readonly<Record<string, (run: RunFolder) => Promise<unknown>>> = {
  "result.json": (run) => run.result(),
  "config.json": readConfig,
  "metrics.jsonl": (run) => readMetrics(run, epochMetrics),
  "labels.csv": readLabels,
  "predictions.csv": readPredictions,
  "validation-best.safetensors": weightsOf,
};

/** Everything that the run says, one file after another. */
async function readAll(run: RunFolder): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for (const read of Object.values(readers)) all.push(await read(run));
  return all;
}

const target = (name: RunFile, read: (run: RunFolder) => Promise<unknown>): FuzzTarget => {
  const content = files[`${id}/${name}`]!;
  return {
    name: `${name} of a finished run`,
    seeds: [typeof content === "string" ? utf8(content) : Uint8Array.from(content)],
    parse: inFolder(files, `${id}/${name}`, (folder) => read(openRun(folder, id))),
    checksum: true,
    share: 0.5,
  };
};

export const finishedRunTargets: readonly FuzzTarget[] = [
  ...Object.entries(readers).map(([name, read]) => target(name as RunFile, read)),
  target("manifest.json", readAll),
];
