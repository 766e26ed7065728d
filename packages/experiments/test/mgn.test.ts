/** A mask generator and a classifier that sees through it, trained small. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, nn, onnxBackend } from "@mvt/core";
import { decodeMgn } from "@mvt/mgn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runId } from "../src/settings/run-config.ts";
import type { ClassifierConfig, MgnConfig } from "../src/settings/run-config.ts";
import type { TrainingData } from "../src/data/prepared.ts";
import { openRun } from "../src/runs/run-folder.ts";
import { newestCheckpoint } from "./fixtures/train.ts";
import { scales } from "../src/settings/scales.ts";
import { predict } from "../src/training/predict.ts";
import { startingWeights } from "../src/training/starting-weights.ts";
import { declareClassifier, evaluationProgram, withFrozen } from "../src/training/programs.ts";
import { trainClassifier } from "../src/training/classifier.ts";
import { trainMgn } from "../src/training/mask-generator.ts";
import { tinyConfig as base } from "./fixtures/run-config.ts";
import { tinyData } from "./fixtures/noise-data.ts";

const model = {
  ...base.model,
  imageSize: 16,
  patchSize: 4,
  width: 16,
  depth: 2,
  heads: 2,
  classes: 3,
};
const data: TrainingData = tinyData(model);
const mgnConfig: MgnConfig = {
  format: 1,
  kind: "mgn",
  data: base.data,
  model,
  seed: 0,
  m: 0.25,
  start: { run: "000000000000" },
  training: { ...scales.smoke.mgn, epochs: 2, batchSize: 8 },
};
const { parameters } = declareClassifier(model);
const start = { weights: startingWeights(parameters, 1), source: "a classifier" };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mvt-mgn-"));
});
afterAll(() => rm(folder, { recursive: true }));

const train = async (name: string) => {
  const run = openRun(join(folder, name), runId(mgnConfig));
  const backend = await onnxBackend({ threads: 1 });
  const result = await trainMgn(
    { config: mgnConfig, title: "tiny masks", data, start },
    { backend, run, loaderThreads: 0 },
  );
  return { run, result, bytes: await readFile(run.path("mgn.safetensors")) };
};
const decode = (bytes: Uint8Array) =>
  decodeMgn(bytes, "mgn.safetensors", { imageSize: 16, patchSize: 4, dataset: base.data.dataset });

describe("training a mask generator", () => {
  test("leaves a generator with its m, data set and provenance, and a line per epoch", async () => {
    const { run, result, bytes } = await train("whole");
    const file = decode(bytes);
    expect(file.config.m).toBe(0.25);
    expect(file.provenance).toMatchObject({
      run: run.id,
      start: "run 000000000000, validation-best",
    });
    expect(result).toMatchObject({ kind: "mgn", m: 0.25, epochs: 2 });
    expect(await run.result()).toEqual(result);
    expect(
      String(await run.read("metrics.jsonl"))
        .trim()
        .split("\n"),
    ).toHaveLength(2);
    expect(await newestCheckpoint(run)).toBeUndefined();
  });
});

describe("a classifier with masks", () => {
  test("trains, and its saved weights are its own and not the generator's", async () => {
    const { bytes } = await train("for a classifier");
    const config: ClassifierConfig = {
      ...base,
      model,
      training: { ...base.training, epochs: 1, batchSize: 8 },
      mgn: { run: runId(mgnConfig), form: { kind: "soft" } },
    };
    const run = openRun(join(folder, "classifier"), runId(config));
    const backend = await onnxBackend({ threads: 1 });
    const mgn = decode(bytes);
    const training = { config, title: "masked", data, mgn };
    await trainClassifier(training, { backend, run, loaderThreads: 0 });
    const last = await readFile(run.path("last.safetensors"));
    const expected = encodeSafetensors(nn.initialWeights(parameters, 0));
    expect(last.length).toBe(expected.length);
  });

  test("answers as without masks when nothing is masked", async () => {
    const { bytes } = await train("identity");
    const backend = await onnxBackend({ threads: 1 });
    const file = decode(bytes);
    // A hard mask above any value of a sigmoid removes nothing: M_p = 0 everywhere.
    const masked = declareClassifier(model, { file, form: { kind: "hard", threshold: 2 } });
    const plain = declareClassifier(model);
    const answers = await Promise.all(
      [masked, plain].map(async (classifier) => {
        const executable = await backend.compile(evaluationProgram(classifier, 4));
        await executable.writeState(withFrozen(classifier, start.weights));
        const { probabilities } = await predict(executable, data.test, {
          batchSize: 4,
          classes: 3,
        });
        await executable.dispose();
        return probabilities;
      }),
    );
    expect(answers[0]!).toBeAllClose(answers[1]!, { rtol: 1e-5, atol: 1e-7 });
  });

  test("has the masks of full precision in half precision, to float16's rounding", async () => {
    const { bytes } = await train("half");
    const backend = await onnxBackend({ threads: 1 });
    const masked = declareClassifier(model, { file: decode(bytes), form: { kind: "soft" } });
    const [full, half] = await Promise.all(
      (["float32", "float16"] as const).map(async (precision) => {
        const executable = await backend.compile(evaluationProgram(masked, 4, 1, precision));
        await executable.writeState(withFrozen(masked, start.weights));
        const answers = await predict(executable, data.test, { batchSize: 4, classes: 3 });
        await executable.dispose();
        return answers;
      }),
    );
    expect(half!.masks!).toBeAllClose(full!.masks!, { atol: 2e-3 });
    expect(half!.probabilities).toBeAllClose(full!.probabilities, { atol: 1e-2 });
  });

  test("with mirror images has the mask of the image itself, and the mean of both answers", async () => {
    const { bytes } = await train("flip");
    const backend = await onnxBackend({ threads: 1 });
    const file = { file: decode(bytes), form: { kind: "soft" } } as const;
    const { size: S, pixels } = data.test.images as { readonly size: number; pixels: Uint8Array };
    const mirrored = pixels.map((_, i) => {
      const column = Math.floor(i / 3) % S;
      return pixels[i + 3 * (S - 1 - 2 * column)]!;
    });
    const [own, other, averaged] = await Promise.all(
      (
        [
          [false, pixels],
          [false, mirrored],
          [true, pixels],
        ] as const
      ).map(async ([testFlip, shown]) => {
        const masked = declareClassifier(model, file, { testFlip });
        const executable = await backend.compile(evaluationProgram(masked, 4));
        await executable.writeState(withFrozen(masked, start.weights));
        const subset = { ...data.test, images: { ...data.test.images, pixels: shown } };
        const answers = await predict(executable, subset as typeof data.test, {
          batchSize: 4,
          classes: 3,
        });
        await executable.dispose();
        return answers;
      }),
    );
    expect(averaged!.masks).toEqual(own!.masks);
    expect(other!.masks).not.toEqual(own!.masks);
    const mean = own!.probabilities.map((p, i) => (p + other!.probabilities[i]!) / 2);
    expect(averaged!.probabilities).toBeAllClose(mean, { rtol: 1e-5 });
  });
});
