/** @file Label smoothing, mixup, stochastic depth, dropout and losses that go by classes, in training. */
import { nn, onnxBackend, printProgram, random, tfjsBackend } from "@mvt/core";
import type { Backend, Program } from "@mvt/core";
import { drawMix } from "@mvt/datasets";
import type { Batch } from "@mvt/datasets";
import { instantiate, thresholds } from "@mvt/relabel";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { trainingConfig, override } from "../src/settings/training.ts";
import type { TrainingConfig } from "../src/settings/training.ts";
import { requireCompatible } from "../src/settings/regularisation.ts";
import { fromPretrained, scaleWith } from "../src/settings/scales.ts";
import { createPlanner } from "../src/studies/planner.ts";
import { declareClassifier, trainingProgram } from "../src/training/programs.ts";
import { createStepInputs } from "../src/training/step-inputs.ts";
import { measureThroughput } from "../src/training/throughput.ts";
import { subset, tinyData } from "./fixtures/noise-data.ts";
import { smokeRequest } from "./fixtures/plan-request.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { folderOf, readMetrics, train, withRelabelling } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";

const model = { ...tinyConfig.model, classes: 3, depth: 2 };
const data = tinyData(model);

/** Batches of 7 of 24 images: the last one is padded, and every batch is odd. */
function tiny(options: Partial<TrainingConfig> = {}): TinyRun {
  const training = { ...tinyConfig.training, batchSize: 7, epochs: 6, ...options };
  return { config: { ...tinyConfig, model, training }, data };
}

const options = {
  labelSmoothing: { labelSmoothing: 0.1 },
  mixup: { mixup: { alpha: 0.8 } },
  CutMix: { mixup: { cutmixAlpha: 1 } },
  "mixup or CutMix": { mixup: { alpha: 0.8, cutmixAlpha: 1, probability: 0.7 } },
  dropPath: { dropPath: 0.2 },
  dropout: { dropout: 0.2 },
  "class-weighted": { loss: { kind: "class-weighted" } },
  "class-balanced": { loss: { kind: "class-balanced", beta: 0.9 } },
  "balanced-softmax": { loss: { kind: "balanced-softmax" } },
  "all at once": {
    labelSmoothing: 0.1,
    mixup: { alpha: 0.2, probability: 0.5 },
    dropPath: 0.1,
    dropout: 0.1,
    loss: { kind: "class-weighted" },
  },
} as const satisfies Readonly<Record<string, Partial<TrainingConfig>>>;

describe("a run", () => {
  /** More images of the first class, so that losses that go by classes differ. */
  const uneven = (run: TinyRun): TinyRun => {
    const labels = run.data.train.labels.map((label, i) => (i % 4 === 1 ? 0 : label));
    return { ...run, data: { ...run.data, train: { ...run.data.train, labels } } };
  };
  let plain: Uint8Array;
  let runs: string;
  beforeAll(async () => {
    runs = await makeFolder();
    await train(uneven(tiny()), runs);
    plain = (await folderOf(tiny(), runs).read("last.safetensors"))!;
    return () => removeFolder(runs);
  });

  test.for(Object.entries(options))("learns with %s, and other weights", async ([, option]) => {
    const run = uneven(tiny(option));
    await train(run, runs);
    const metrics = await readMetrics(run, runs);
    expect(metrics.at(-1)!.loss).toBeLessThan(metrics[0]!.loss);
    expect(metrics.map((line) => line.train.n)).toEqual(metrics.map(() => 24));
    expect(await folderOf(run, runs).read("last.safetensors")).not.toEqual(plain);
  });
});

describe("the program of a training step", () => {
  const classifier = declareClassifier(model);
  const B = 4;
  const batch: Batch = {
    images: new Uint8Array(B * 16 * 16 * 3).map((_, i) => (i * 97) % 251),
    indices: Int32Array.of(0, 1, 2, 2),
    weights: Float32Array.of(1, 1, 1, 0),
    count: 3,
  };
  const nameOf = ({ node }: Program["inputs"][number]) => (node.params as { name: string }).name;

  test("is fed as before without options", () => {
    const { inputs } = trainingProgram(classifier, { batchSize: B, adamw: {} });
    expect(inputs.map(nameOf)).toEqual(["images", "labels", "weights", "learningRate", "step"]);
    const config = { model, seed: 0, training: { ...tinyConfig.training, batchSize: B } };
    const labels = Int32Array.of(0, 1, 2, 2);
    const feeds = createStepInputs(config).feedsOf(batch, labels, {
      epoch: 1,
      batch: 0,
    });
    expect(feeds).toEqual({ images: batch.images, labels, weights: batch.weights });
    expect(feeds["images"]).toBe(batch.images);
  });

  test("is the same where every option has the value that turns it off", () => {
    const off = {
      labelSmoothing: 0,
      dropPath: 0,
      dropout: 0,
      loss: { kind: "cross-entropy" },
    } as const;
    const printed = (option: Partial<TrainingConfig>) =>
      printProgram(trainingProgram(classifier, { batchSize: B, adamw: {}, ...option }));
    expect(printed(off)).toBe(printed({}));
    expect(printed({ dropPath: 0.1 })).not.toBe(printed({}));
  });

  /** One step on the batch: its results, and the state after it. */
  async function stepWith(
    option: Partial<TrainingConfig>,
    {
      counts = [5, 2, 9],
      microBatches = 1,
      backend,
    }: {
      readonly counts?: readonly number[];
      readonly microBatches?: number;
      readonly backend?: Backend;
    } = {},
  ) {
    const training: TrainingConfig = { ...tinyConfig.training, batchSize: B, ...option };
    const { kind = "cross-entropy", beta } = training.loss ?? {};
    const { weights, logPrior } = nn.classTerms(kind, counts, beta);
    const inputs = createStepInputs({ model, seed: 1, training }, weights);
    const program = trainingProgram(classifier, {
      ...training,
      adamw: { epsilon: 1e-4 },
      microBatches,
      logPrior,
      recompute: microBatches > 1,
    });
    const executable = await (backend ?? (await onnxBackend({ threads: 1 }))).compile(program);
    try {
      await executable.writeState(nn.initialWeights(classifier.parameters, 1));
      const results = await executable.run({
        ...inputs.feedsOf(batch, Int32Array.of(0, 1, 2, 2), { epoch: 1, batch: 0 }),
        learningRate: Float32Array.of(1e-3),
        step: Float32Array.of(1),
      });
      return { results, state: await executable.readState() };
    } finally {
      await executable.dispose();
    }
  }

  type Step = Awaited<ReturnType<typeof stepWith>>;

  function expectAlike(step: Step, expected: Step): void {
    for (const name of ["loss", "probabilities"]) {
      const tolerance = { rtol: 1e-4, atol: 1e-6 };
      expect(step.results[name]).toBeAllClose(expected.results[name]!, tolerance);
    }
    for (const [name, { data: values }] of expected.state) {
      const tolerance = { rtol: 1e-3, atol: 1e-5 };
      expect(step.state.get(name)!.data, name).toBeAllClose(values, tolerance);
    }
  }

  test.for(Object.entries(options))("is the same in micro-batches with %s", async ([, option]) => {
    expectAlike(await stepWith(option, { microBatches: 4 }), await stepWith(option));
  });

  test("is the same on TensorFlow.js with all options", { tags: ["slow"] }, async () => {
    for (const kind of ["class-weighted", "balanced-softmax"] as const) {
      const option = { ...options["all at once"], loss: { kind } };
      const backend = await tfjsBackend({ engine: "cpu" });
      expectAlike(await stepWith(option, { backend }), await stepWith(option));
    }
  });

  test("gives probabilities without the prior that balanced-softmax has in its loss", async () => {
    const { results: even } = await stepWith(options["balanced-softmax"], { counts: [1, 1, 1] });
    const { results: uneven } = await stepWith(options["balanced-softmax"], {
      counts: [1, 10, 100],
    });
    expect(uneven["probabilities"]).toEqual(even["probabilities"]);
    expect(uneven["loss"]![0]).not.toBeCloseTo(even["loss"]![0]!, 2);
  });

  test("is timed with all options", async () => {
    const training = { ...tinyConfig.training, batchSize: B, ...options["all at once"] };
    const backend = await onnxBackend({ threads: 1 });
    expect(await measureThroughput(backend, { model, training })).toBeGreaterThan(0);
  });
});

describe("a mixed batch", () => {
  const training = { ...tinyConfig.training, batchSize: 4, mixup: { alpha: 0.8 } };
  const inputs = createStepInputs({ model, seed: 3, training });
  const shareOf = (batch: number) =>
    drawMix(training.mixup, 16, random.stream(3, `mixup/1/${batch}`))!.share;
  const places = Array.from({ length: 20 }, (_, batch) => ({ epoch: 1, batch }));
  const near = places.find(({ batch }) => shareOf(batch) > 0.6)!;
  const far = places.find(({ batch }) => shareOf(batch) < 0.4)!;
  const images = Uint8Array.from({ length: 4 * 16 * 16 * 3 }, (_, i) => (i * 31) % 251);
  const padded: Batch = {
    images,
    indices: Int32Array.of(0, 1, 2, 2),
    weights: Float32Array.of(1, 1, 1, 0),
    count: 3,
  };
  const labels = Int32Array.of(0, 1, 2, 2);

  test("has the labels of both of its images as targets, and none where it is padded", () => {
    const share = shareOf(near.batch);
    const { targets } = inputs.feedsOf(padded, labels, near);
    const [own, other] = [share, 1 - share];
    expect(targets as Float32Array).toBeAllClose(
      [
        [own, 0, other],
        [0, 1, 0],
        [other, 0, own],
        [0, 0, 0],
      ].flat(),
      { atol: 1e-6 },
    );
  });

  test("counts for each sample the row that shows most of it", () => {
    const probabilities = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 0.3, 0.3, 0.4]);
    expect([...inputs.bySample(probabilities, 3, near)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect([...inputs.bySample(probabilities, 3, far)]).toEqual([0, 0, 1, 0, 1, 0, 1, 0, 0]);
  });

  test("is another one in every batch and epoch, and the same each time", () => {
    const imagesAt = (epoch: number, batch: number) =>
      inputs.feedsOf(padded, labels, { epoch, batch })["images"];
    expect(imagesAt(1, 0)).toEqual(imagesAt(1, 0));
    expect(imagesAt(1, 0)).not.toEqual(imagesAt(1, 1));
    expect(imagesAt(1, 0)).not.toEqual(imagesAt(2, 0));
  });
});

describe("the training accuracy of a run with mixup", () => {
  test("is that of its mixed images, which also ends it", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const mixed = { mixup: { alpha: 8 }, epochs: 12 }; // λ near a half
    const whole = tiny(mixed);
    await train(whole, runs);
    const shares = (await readMetrics(whole, runs)).map((line) => line.train.k / line.train.n);
    const best = Math.max(...shares);
    expect(best).toBeLessThan(1); // half of what a row shows is another class
    expect(best).toBeGreaterThan(0.4); // chance is a third
    const stopped = tiny({ ...mixed, stopAtTrainAccuracy: best });
    await train(stopped, runs);
    expect(await readMetrics(stopped, runs)).toHaveLength(shares.indexOf(best) + 1);
  });
});

describe("settings that contradict each other are refused", () => {
  const relabelling = withRelabelling(
    tiny({ mixup: { alpha: 0.2 } }),
    instantiate(thresholds.constant),
    2,
  );
  const predicting = (predictions: "pass" | "average"): TinyRun => ({
    ...relabelling,
    config: { ...relabelling.config, relabel: { ...relabelling.config.relabel!, predictions } },
  });

  test("mixup and relabelling on predictions of mixed images, before anything trains", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await expect(train(relabelling, runs)).rejects.toThrow(
      "mixup: expected relabelling on predictions of a pass over the images as they are, got --predictions step, which are of mixed images. Add --predictions pass, or train without mixup.",
    );
    await expect(train(predicting("average"), runs)).rejects.toThrow("got --predictions average");
    expect(await folderOf(relabelling, runs).read("config.json")).toBeUndefined();
  });

  test("but not mixup and relabelling on a pass", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const { relabel } = await train(predicting("pass"), runs);
    expect(relabel!.changed).toBeGreaterThan(0);
  });

  test("when the runs of a command are planned, before any data are read", async () => {
    const scale = scaleWith("smoke", ["mixup.alpha=0.2"]);
    const unread = async (): Promise<never> => {
      throw new Error("read data");
    };
    const sets = { get: unread, synthetic: unread };
    const planner = createPlanner({ ...smokeRequest, scale }, sets as never);
    const threshold = instantiate(thresholds.linear);
    const spec = { dataset: "raf-db", seed: 0, relabel: { spec: "linear", threshold } } as const;
    await expect(planner.classifier(spec)).rejects.toThrow("Add --predictions pass");
    await expect(planner.classifier({ ...spec, predictions: "pass" })).rejects.toThrow("read data");
  });

  test("a loss that goes by classes and the balanced sampler", () => {
    const training = { ...tinyConfig.training, sampler: "balanced" } as const;
    expect(() => requireCompatible({ training })).not.toThrow();
    expect(() =>
      requireCompatible({ training: { ...training, loss: { kind: "class-weighted" } } }),
    ).toThrow(
      "loss.kind=class-weighted: expected images drawn as often as they are there, got sampler=balanced",
    );
  });

  test("a loss that goes by classes where a class has no image", async () => {
    const train3 = subset("train", 24, model);
    const without = { ...train3, labels: train3.labels.map((label) => label % 2) };
    const run = {
      ...tiny({ loss: { kind: "balanced-softmax" } }),
      data: { ...data, train: without },
    };
    const message =
      "loss.kind=balanced-softmax: expected training images of every class, got none of surprise. Train with --set loss.kind=cross-entropy.";
    await expect(train(run, await temporaryFolder(onTestFinished))).rejects.toThrow(message);
    const sets = { get: async () => run.data } as never; // already when its command is planned
    const scale = scaleWith("smoke", ["loss.kind=balanced-softmax"]);
    const planner = createPlanner({ ...smokeRequest, scale }, sets);
    await expect(planner.classifier({ dataset: "raf-db", seed: 0 })).rejects.toThrow(message);
  });

  test.each([
    [
      "mixup.probability=0.5",
      "mixup: expected mixup.alpha, mixup.cutmixAlpha or both, got neither",
    ],
    ["mixup.alpha=0", "mixup.alpha: Too small: expected number to be >0"],
    ["labelSmoothing=1", "labelSmoothing: Too big: expected number to be <1"],
    ["dropPath=1", "dropPath: Too big"],
    ["dropout=-0.1", "dropout: Too small"],
    ["loss.kind=focal", 'loss.kind: Invalid option: expected one of "cross-entropy"|'],
    ["loss.beta=0.9", "loss.kind: Invalid option"],
  ])("%s", (assignment, message) => {
    expect(() => override(trainingConfig, fromPretrained, [assignment])).toThrow(message);
  });

  test.each([
    [
      ["mixup.alpha=1", "mixup.switchProbability=0.3"],
      "switchProbability expects mixup.cutmixAlpha beside mixup.alpha, got none",
    ],
    [
      ["mixup.cutmixAlpha=1", "mixup.switchProbability=0.3"],
      "switchProbability expects mixup.alpha beside mixup.cutmixAlpha, got none",
    ],
    [["loss.kind=class-weighted", "loss.beta=0.9"], "beta expects loss.kind=class-balanced"],
  ])("%s", (assignments, message) => {
    expect(() => override(trainingConfig, fromPretrained, assignments)).toThrow(message);
  });
});
