/** @file What made a run is recorded with its result, whoever trained which part of it. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { onnxBackend } from "@mvt/core";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { originOf } from "../src/runs/origin.ts";
import type { Origin } from "../src/runs/origin.ts";
import { sourceVersion } from "../src/runs/provenance.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { folderOf, newestCheckpoint, remains, resultOf, train } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";

const model = { ...tinyConfig.model, classes: 3 };
const training = { ...tinyConfig.training, epochs: 2 };
const run: TinyRun = { config: { ...tinyConfig, model, training }, data: tinyData(model) };

/** This version on this machine. */
let here: Origin;

beforeAll(async () => {
  here = originOf("smoke", await onnxBackend({ threads: 1 }));
});

const elsewhere = (): Origin => ({ ...here, commit: "0123456789ab", dirty: false });

/** Trains the first of two epochs as `origin`. */
async function trainFirstEpoch(runs: string, origin: Origin | undefined): Promise<void> {
  const onEpoch = () => {
    throw new Error("interrupted");
  };
  await expect(train(run, runs, { origin, onEpoch })).rejects.toThrow("interrupted");
}

describe("the origin of runs", () => {
  test("names commit, lockfile, scale and machine", async () => {
    const lockfile = await readFile(new URL("../../../pnpm-lock.yaml", import.meta.url));
    expect(here).toMatchObject({
      ...sourceVersion(),
      lockfile: createHash("sha256").update(lockfile).digest("hex"),
      scale: "smoke",
      machine: { node: process.versions.node, backend: "onnx, cpu" },
    });
    expect(here.machine.engine).toMatch(/^onnxruntime-node \d/);
  });
});

describe("a finished run", () => {
  test("says what made it and when, and is otherwise the same", async () => {
    const [runs, other] = [
      await temporaryFolder(onTestFinished),
      await temporaryFolder(onTestFinished),
    ];
    const begun = new Date().toISOString();
    await train(run, runs, { origin: here });
    const { madeBy } = await resultOf(run, runs);
    expect(madeBy).toEqual({ ...here, date: madeBy!.date });
    expect(madeBy!.date >= begun && madeBy!.date <= new Date().toISOString()).toBe(true);
    await train(run, other);
    const folder = (at: string) => dirname(folderOf(run, at).path("result.json"));
    expect(await remains(folder(runs))).toEqual(await remains(folder(other)));
    expect(await filesBelow(runs)).toEqual(await filesBelow(other)); // no record beside the result
  });

  test("names whoever trained its first epochs", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await trainFirstEpoch(runs, elsewhere());
    await train(run, runs, { origin: here });
    const { madeBy } = await resultOf(run, runs);
    expect(madeBy).toMatchObject({ commit: here.commit, before: [elsewhere()] });
    expect(madeBy!.before).toHaveLength(1);
  });

  test("names nobody else if the same version went on", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await trainFirstEpoch(runs, here);
    await train(run, runs, { origin: here });
    expect((await resultOf(run, runs)).madeBy).not.toHaveProperty("before");
  });

  test("names nobody whose work was lost with the checkpoint", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await trainFirstEpoch(runs, elsewhere());
    const folder = folderOf(run, runs);
    await folder.remove((await newestCheckpoint(folder))!.file);
    await train(run, runs, { origin: here });
    expect((await resultOf(run, runs)).madeBy).not.toHaveProperty("before");
  });
});
