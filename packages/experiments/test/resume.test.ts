/** @file A run that is interrupted at any step ends with the same bytes as one that is not. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { onnxBackend } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { defineThreshold, instantiate, thresholds } from "@mvt/relabel";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { describe, expect, onTestFinished, test } from "vitest";
import { runId } from "../src/settings/run-config.ts";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { createStopFlag, requestStop, TrainingStopped } from "../src/training/stop.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { tinyMgn, trainTinyMgn } from "./fixtures/tiny-mgn.ts";
import {
  folderOf,
  newestCheckpoint,
  remains,
  resultOf,
  stopNow,
  train,
  withoutSpeed,
  withRelabelling,
} from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";

/** Three epochs of three steps. */
const epochs = 3;
const stepsPerEpoch = 3;

function tiny(training: Partial<ClassifierConfig["training"]> = {}): TinyRun {
  const model = { ...tinyConfig.model, classes: 3 };
  const config = {
    ...tinyConfig,
    model,
    training: { ...tinyConfig.training, epochs, ...training },
  };
  return { config, data: tinyData(model) };
}

const constant = instantiate(thresholds.constant);
/** Depends on what the epoch began with. */
const contextual = instantiate(
  defineThreshold({
    name: "by-class",
    about: "a tenth of the mean P_gt of the label's class",
    parameters: {},
    context: true,
    f: (_, __, { label, classConfidence }) => classConfidence[label]! / 10,
  }),
);

/** With relabelling from the second epoch on. */
function relabelling(
  options: Partial<NonNullable<ClassifierConfig["relabel"]>> = {},
  f = constant,
): TinyRun {
  const run = withRelabelling(tiny(), f, 2);
  return { ...run, config: { ...run.config, relabel: { ...run.config.relabel!, ...options } } };
}

/** With everything that draws numbers of its own for a batch, and what is made of the labels. */
function regularised(): TinyRun {
  const run = tiny({
    labelSmoothing: 0.1,
    mixup: { alpha: 0.8, cutmixAlpha: 1 },
    dropPath: 0.3,
    dropout: 0.2,
    loss: { kind: "class-balanced", beta: 0.9 },
  });
  return { ...run, config: { ...run.config, model: { ...run.config.model, depth: 2 } } };
}

/** With mixup, which leaves relabelling a pass over the images as they are. */
function mixing(): TinyRun {
  const run = relabelling({ predictions: "pass" });
  const training = { ...run.config.training, mixup: { alpha: 0.4 } };
  return { ...run, config: { ...run.config, training } };
}

const pathOf = (run: TinyRun, runs: string) => dirname(folderOf(run, runs).path("result.json"));

/** A backend that takes two steps in one call, as the one for CUDA takes several. */
async function twoSteps(): Promise<Backend> {
  const backend = await onnxBackend({ threads: 1 });
  return {
    ...backend,
    async compile(program) {
      const executable = await backend.compile(program);
      const run = async (all: Parameters<typeof executable.run>[0][]) => {
        const results = [];
        for (const feeds of all) results.push(await executable.run(feeds));
        return results;
      };
      return { ...executable, multiStep: { steps: 2, run: (all) => run([...all]) } };
    },
  };
}

/** Trains in pieces that are as short as can be, until the run is finished; returns the step that each ended at. */
async function trainInPieces(piece: () => Promise<unknown>): Promise<readonly number[]> {
  const ends: number[] = [];
  while (ends.length < 100) {
    try {
      await piece();
      return ends;
    } catch (error) {
      if (!(error instanceof TrainingStopped)) throw error;
      ends.push(error.step);
    }
  }
  throw new Error("the run does not get on");
}

describe("a classifier that is stopped after every step", () => {
  const variants: [string, () => TinyRun, (() => Promise<Backend>)?][] = [
    ["as it is", tiny],
    ["with the balanced sampler", () => tiny({ sampler: "balanced" })],
    ["with micro-batches", () => tiny({ accumulate: 2 })],
    ["that is tested at its end", () => tiny({ tests: "at-end" })],
    ["that decays its rate by layer", () => tiny({ layerDecay: 0.7 })],
    ["that averages its weights", () => tiny({ ema: { decay: 0.9 } })],
    [
      "that averages its weights in micro-batches",
      () => tiny({ ema: { decay: 0.9 }, accumulate: 2 }),
    ],
    ["that minimises sharpness", () => tiny({ sam: { rho: 0.1 } })],
    [
      "that minimises sharpness adaptively, several steps a call",
      () =>
        tiny({
          sam: { rho: 0.5, adaptive: true },
          ema: { decay: 0.9 },
          dropout: 0.2,
          accumulate: 2,
        }),
      twoSteps,
    ],
    ["that is tested on mirror images as well", () => tiny({ testFlip: true })],
    ["that relabels on its steps", relabelling],
    ["that relabels on a pass", () => relabelling({ predictions: "pass" })],
    ["that relabels on averages", () => relabelling({ predictions: "average" })],
    ["that relabels against the given labels", () => relabelling({ reference: "original" })],
    ["that relabels by what the epoch began with", () => relabelling({}, contextual)],
    ["that relabels, several steps a call", relabelling, twoSteps],
    ["with all regularisation", regularised],
    ["with all regularisation, several steps a call", regularised, twoSteps],
    ["with mixup that relabels on a pass", mixing],
  ];

  test.each(variants)(
    "%s ends with the same bytes",
    { timeout: 60_000 },
    async (_name, make, open) => {
      const [whole, parts] = [
        await temporaryFolder(onTestFinished),
        await temporaryFolder(onTestFinished),
      ];
      const backend = open && (await open());
      const context = backend === undefined ? {} : { backend };
      const run = make();
      await train(run, whole, context);
      const ends = await trainInPieces(() => train(run, parts, { ...context, stop: stopNow() }));
      // After every step, and once more after every epoch. Steps of one call cannot be told apart.
      const settled = open === undefined ? [1, 2, 3] : [2, 3];
      const expected = Array.from({ length: epochs }, (_, epoch) =>
        [...settled, stepsPerEpoch].map((step) => epoch * stepsPerEpoch + step),
      );
      expect(ends).toEqual(expected.flat());
      expect(await remains(pathOf(run, parts))).toEqual(await remains(pathOf(run, whole)));
      expect(await filesBelow(pathOf(run, parts))).toEqual(await filesBelow(pathOf(run, whole)));
      const { changed } = (await resultOf(run, parts)).relabel ?? {};
      expect(changed).not.toBe(0); // labels did change, if the run relabels
    },
  );
});

test("a classifier that ends early, stopped after every step, ends after the same epoch", async () => {
  const [whole, parts] = [
    await temporaryFolder(onTestFinished),
    await temporaryFolder(onTestFinished),
  ];
  const run = tiny({ epochs: 9, earlyStopping: { patience: 2 } });
  const { epochs: trained, stopped } = await train(run, whole);
  expect(trained).toBeLessThan(9);
  expect(stopped).toContain(`stopped after epoch ${trained}`);
  await trainInPieces(() => train(run, parts, { stop: stopNow() }));
  expect(await remains(pathOf(run, parts))).toEqual(await remains(pathOf(run, whole)));
});

describe("a classifier that is stopped once", () => {
  test("at any step ends with the same bytes", { timeout: 60_000 }, async () => {
    const run = relabelling();
    const whole = await temporaryFolder(onTestFinished);
    await train(run, whole);
    const expected = await remains(pathOf(run, whole));
    for (let last = 1; last <= epochs * stepsPerEpoch; last += 1) {
      const parts = await temporaryFolder(onTestFinished);
      const stop = createStopFlag();
      let steps = 0;
      const onStep = () => void ((steps += 1) === last && requestStop(stop, "SIGTERM"));
      await expect(train(run, parts, { stop, onStep })).rejects.toThrow(
        `stopped at SIGTERM after step ${last}`,
      );
      expect(await folderOf(run, parts).result()).toBeUndefined();
      await train(run, parts);
      expect(await remains(pathOf(run, parts))).toEqual(expected);
    }
  });

  test("takes up the sums of its epoch: it trains only the steps that are left", async () => {
    const run = tiny();
    const runs = await temporaryFolder(onTestFinished);
    await trainInPieces(async () => {
      const before = await newestCheckpoint(folderOf(run, runs));
      if (before?.file === "checkpoint-000000004.safetensors") return;
      await train(run, runs, { stop: stopNow() });
    });
    const seen: (readonly [number, number])[] = [];
    await train(run, runs, { onStep: (epoch, done) => seen.push([epoch, done]) });
    expect(seen).toEqual([
      [2, 16],
      [2, 24],
      [3, 8],
      [3, 16],
      [3, 24],
    ]);
  });
});

test("a mask generator that is stopped after every step ends with the same bytes", async () => {
  const [whole, parts] = [
    await temporaryFolder(onTestFinished),
    await temporaryFolder(onTestFinished),
  ];
  await trainTinyMgn(whole);
  const ends = await trainInPieces(() => trainTinyMgn(parts, { stop: stopNow() }));
  expect(ends).toEqual([1, 2, 3, 3, 4, 5, 6, 6]);
  const folder = runId(tinyMgn);
  expect(await filesBelow(parts)).toEqual(await filesBelow(whole));
  for (const file of ["mgn.safetensors", "result.json", "config.json"]) {
    expect(await readFile(join(parts, folder, file))).toEqual(
      await readFile(join(whole, folder, file)),
    );
  }
  const metricsIn = async (runs: string) =>
    withoutSpeed(await readFile(join(runs, folder, "metrics.jsonl"), "utf8"));
  expect(await metricsIn(parts)).toBe(await metricsIn(whole));
});
