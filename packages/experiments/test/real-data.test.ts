/** @file Runs on real data: commands that need their images ask for them before they draw any. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@mvt/testing/folder";
import { runCommand } from "@mvt/testing/command-line";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { remakePredictions } from "../src/cli/remake-predictions.ts";
import { scaleOfRun } from "../src/cli/request.ts";
import { labelColumns } from "../src/runs/labels-csv.ts";
import { openRun } from "../src/runs/run-folder.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const config = { ...tinyConfig, data: { ...tinyConfig.data, kind: "real" as const } };
const classes = ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"];

let folder: string;
let runs: string;
let id: string;
let asks: string;
beforeEach(async () => {
  folder = await temporaryFolder(onTestFinished);
  runs = join(folder, "runs");
  id = await writeRun(runs, config, predictionsOf(["a fear fear"], classes));
  await writeFile(
    join(runs, id, "labels.csv"),
    `${labelColumns.join()}\ntrain_1,fear,anger,,0.5,0.5,0.5,1\n`,
  );
  asks = `run ${id}: expected --data with the folder of the real raf-db images it was trained on, got none. `;
});

describe("without --data", () => {
  test.each([
    ["export", "Name it."],
    ["embeddings", "Name it."],
    ["evaluate", "Name it; `evaluate --stored` needs none."],
    ["labels", "Name it. Or make no contact sheet: --sheet 0."],
  ])("%s refuses, and draws nothing", { timeout: 120_000 }, async (command, advice) => {
    const [name, ...more] = command.split(" ");
    const out = name === "embeddings" ? ["--out", "e.csv"] : [];
    const finished = await runCommand([name!, "--run", id, ...more, ...out], folder);
    expect(finished).toEqual({ exitCode: 1, stdout: "", stderr: `error: ${asks}${advice}\n` });
    expect(await readdir(folder)).toEqual(["runs"]);
  });

  test("`runs repair` makes no predictions again, and draws nothing", async () => {
    const args = { runs } as Parameters<typeof remakePredictions>[0];
    const remake = remakePredictions(args);
    await expect(remake(openRun(runs, id), "predictions.csv")).rejects.toThrow(`${asks}Name it.`);
    expect(await readdir(folder)).toEqual(["runs"]);
  });
});

test("with --data, or of a run on synthetic data, the scale is that of the run", async () => {
  const run = openRun(runs, id);
  const { imageSize } = tinyConfig.model;
  const named = await scaleOfRun(run, config, { data: "faces", scale: "smoke" });
  expect(named.model.imageSize).toBe(imageSize);
  expect((await scaleOfRun(run, tinyConfig, {})).model.imageSize).toBe(imageSize);
});
