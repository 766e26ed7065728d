/** @file Damaged files of runs are named and never used: checksums of finished runs and of checkpoints. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { UserError } from "@mvt/common";
import { random, WeightsError } from "@mvt/core";
import { instantiate, thresholds } from "@mvt/relabel";
import { filesBelow, makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { dirname } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { relabelWarnings } from "../src/cli/relabel-warning.ts";
import { planRun } from "../src/runs/planned-run.ts";
import { readPredictions } from "../src/runs/predictions.ts";
import { epochMetrics } from "../src/runs/result.ts";
import type { EpochMetrics } from "../src/runs/result.ts";
import { openRun } from "../src/runs/run-folder.ts";
import type { RunFile, RunFolder } from "../src/runs/run-folder.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../src/training/checkpoint.ts";
import { trainEpochs } from "../src/training/epoch-loop.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { folderOf, newestCheckpoint, train, withRelabelling } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";

let runs: string;
let run: TinyRun;
let folder: RunFolder;
/** The checkpoint after two epochs. */
let checkpoint: Buffer;

beforeAll(async () => {
  runs = await makeFolder();
  const config = { ...tinyConfig, model: { ...tinyConfig.model, classes: 3 } };
  run = withRelabelling(
    { config, data: tinyData(config.model) },
    instantiate(thresholds.constant),
    2,
  );
  folder = folderOf(run, runs);
  const keep = async (epochs: number) => {
    if (epochs === 2) checkpoint = (await newestCheckpoint(folder))!.bytes;
  };
  await train(run, runs, { needsCheckpoint: () => true, onCheckpoint: keep });
  return () => removeFolder(runs);
});

describe("the manifest of a finished run", () => {
  test("vouches for every file that the run left", async () => {
    const names = await filesBelow(dirname(folder.path("result.json")));
    expect(await folder.verify()).toBe(names.length - 1); // but itself
  });

  const files: readonly RunFile[] = [
    "config.json",
    "labels.csv",
    "labels.jsonl",
    "last.safetensors",
    "metrics.csv",
    "metrics.jsonl",
    "predictions.csv",
    "result.json",
    "validation-best.safetensors",
  ];

  /** Changes a file for one test. */
  async function withFile(file: RunFile, change: (bytes: Buffer) => Buffer | undefined) {
    const path = folder.path(file);
    const bytes = await readFile(path);
    onTestFinished(() => writeFile(path, bytes));
    const changed = change(Buffer.from(bytes));
    await (changed ? writeFile(path, changed) : rm(path));
  }

  test.each(files)("tells one flipped bit in %s", async (file) => {
    await withFile(file, (bytes) => {
      bytes[bytes.length >> 1]! ^= 1;
      return bytes;
    });
    await expect(folder.read(file)).rejects.toThrow(UserError);
    await expect(folder.read(file)).rejects.toThrow(
      `${folder.path(file)}: expected the file that the run wrote, found another content. Restore the file, or mend the run with \`pnpm exp runs repair\`; \`pnpm exp runs verify\` checks all runs.`,
    );
    await expect(folder.verify()).rejects.toThrow(folder.path(file));
  });

  test("tells predictions that are cut at the end of a line, and a missing file", async () => {
    await withFile("predictions.csv", (bytes) =>
      bytes.subarray(0, bytes.lastIndexOf("\n", -2) + 1),
    );
    await expect(readPredictions(folder)).rejects.toThrow("found another content");
    await withFile("last.safetensors", () => undefined);
    await expect(folder.read("last.safetensors")).rejects.toThrow("found none");
  });

  test("tells a result with another count, and that of another run", async () => {
    await withFile("result.json", (bytes) =>
      Buffer.from(String(bytes).replace(/"k": \d+/, '"k": 1')),
    );
    await expect(folder.result()).rejects.toThrow("found another content");
  });

  test("is refused if it is damaged itself", async () => {
    await withFile("manifest.json", (bytes) => bytes.subarray(0, 40));
    await expect(folder.result()).rejects.toThrow(
      `${folder.path("manifest.json")}: expected the checksums of a finished run, found something else`,
    );
  });

  test("is missing from runs of earlier versions, whose files are read as they are", async () => {
    await withFile("manifest.json", () => undefined);
    expect(await folder.verify()).toBeUndefined();
    expect(await folder.result()).toBeDefined();
  });
});

describe("a checkpoint", () => {
  const decode = (bytes: Uint8Array) => decodeCheckpoint(bytes, "checkpoint", epochMetrics);

  test("with any byte changed is refused, or holds the same", () => {
    const whole = decode(checkpoint);
    const stream = random.stream(0, "mutations");
    let refused = 0;
    for (let i = 0; i < 400; i += 1) {
      const bytes = Buffer.from(checkpoint);
      // Half of them in the header, where one character can change a number or a name.
      const header = 8 + Number(bytes.readBigUInt64LE(0));
      bytes[stream.integer(i % 2 === 0 ? header : bytes.length)]! ^= 1 << stream.integer(8);
      try {
        expect(decode(bytes)).toEqual(whole);
      } catch (error) {
        if (!(error instanceof WeightsError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(390);
  });

  test("whose second half is zero, or that is cut, is refused", () => {
    const zeroed = Buffer.from(checkpoint).fill(0, checkpoint.length >> 1);
    expect(() => decode(zeroed)).toThrow(
      "checkpoint: expected a checkpoint as it was written, got one whose checksum differs",
    );
    expect(() => decode(checkpoint.subarray(0, -4))).toThrow(WeightsError);
  });

  test("of an earlier version, without a checksum, is refused", () => {
    const { state, step, metrics } = decode(checkpoint);
    const text = Buffer.from(encodeCheckpoint({ state, step, metrics }));
    const at = text.indexOf('"sha256"');
    text.write('"sha25_"', at);
    expect(() => decode(text)).toThrow("whose checksum differs");
  });
});

describe("weights that are no numbers", () => {
  test("end the run before they reach a checkpoint, even if no loss tells", async () => {
    const elsewhere = openRun(await temporaryFolder(onTestFinished), "0123456789ab");
    const line = { epoch: 1 } as EpochMetrics;
    const bias = { shape: [2], data: Float32Array.of(0, Number.NaN) };
    const state = new Map([["head.bias", bias]]);
    const attempt = trainEpochs<EpochMetrics>(
      {
        line: epochMetrics,
        epochs: 1,
        start: async () => {},
        readState: async () => state,
        trainEpoch: async () => ({ steps: 1, metrics: line, state }),
      },
      { run: elsewhere },
    );
    await expect(attempt).rejects.toThrow(
      "run 0123456789ab, epoch 1: expected finite weights, got NaN in head.bias. Lower the learning rate",
    );
    expect(await newestCheckpoint(elsewhere)).toBeUndefined();
  });
});

describe("the warning about relabelling", () => {
  test("names both figures where many labels change at a low training accuracy", async () => {
    const { config, data } = run;
    const planned = planRun({
      title: "tiny",
      config,
      data: { ...data, dataset: { title: "RAF-DB" } } as never,
      after: [],
    });
    const result = await folder.result();
    const changed = result?.kind === "classifier" ? result.relabel!.changed : 0;
    const [first] = String(await folder.read("metrics.jsonl")).split("\n");
    const { k, n } = epochMetrics.parse(JSON.parse(first!)).train;
    const warnings = await relabelWarnings([planned], runs);
    const expected = changed / n > 0.2 && k / n < 0.75 ? 1 : 0;
    expect(expected).toBe(1); // of noise, many labels change at once
    expect(warnings).toEqual([
      `warning: RAF-DB: relabelling changed ${((100 * changed) / n).toFixed(1)} % of the training labels in 1 run, and began at a training accuracy of ${((100 * k) / n).toFixed(1)} %. The paper asks for about 90 %. Compare with a run without relabelling; --relabel-start and --min-train-accuracy let it begin later.`,
    ]);
  });

  test("is not given of runs without relabelling", async () => {
    const { relabel: _, ...plain } = run.config;
    const planned = planRun({ title: "tiny", config: plain, data: run.data as never, after: [] });
    expect(await relabelWarnings([planned], runs)).toEqual([]);
  });
});
