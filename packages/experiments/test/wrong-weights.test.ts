/** @file Weights of another network or version are named with their file, wherever a run reads them. */
import { cp } from "node:fs/promises";
import { UserError } from "@mvt/common";
import { decodeSafetensors, encodeSafetensors, onnxBackend } from "@mvt/core";
import type { Weights } from "@mvt/core";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openRun } from "../src/runs/run-folder.ts";
import { evaluateRun } from "../src/training/evaluate-run.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { folderOf, train } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";

const model = { ...tinyConfig.model, classes: 3 };
const run: TinyRun = {
  config: { ...tinyConfig, model, training: { ...tinyConfig.training, epochs: 2 } },
  data: tinyData(model),
};

let finished: string;

beforeAll(async () => {
  finished = await makeFolder();
  await train(run, finished);
  return () => removeFolder(finished);
});

/** What is done to the weights, and what is then said of them. */
const changes = [
  [
    "renamed",
    (weights: Weights) =>
      new Map(
        [...weights].map(([name, array]) => [name.replace(/^norm\.bias$/, "norm.biases"), array]),
      ),
    "expected norm.bias of shape [16], found none",
  ],
  [
    "reshaped",
    (weights: Weights) =>
      new Map(
        [...weights].map(([name, array]) => [
          name,
          name === "norm.bias" ? { ...array, shape: [4, 4] } : array,
        ]),
      ),
    "expected norm.bias of shape [16], found [4, 4]",
  ],
] as const;

async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe("a parameter that is", () => {
  test.each(changes)("%s in a file of weights", async (_, change, finding) => {
    const runsFolder = await temporaryFolder(onTestFinished);
    await cp(finished, runsFolder, { recursive: true });
    const folder = openRun(runsFolder, folderOf(run, finished).id);
    await folder.remove("manifest.json"); // as a run of an earlier version
    for (const name of ["validation-best", "last"] as const) {
      const file = `${name}.safetensors` as const;
      const { weights } = decodeSafetensors((await folder.read(file))!, file);
      await folder.write(file, encodeSafetensors(change(weights)));
      const { config, data } = run;
      const evaluation = { config, run: folder, runsFolder, weights: name };
      const backend = await onnxBackend({ threads: 1 });
      expect(await refusal(evaluateRun(evaluation, data.test, backend))).toBe(
        `${folder.path(file)}: ${finding}. Remove the run's folder to train it again.`,
      );
    }
  });
});
