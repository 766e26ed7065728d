/** @file Training a mask generator: it can be interrupted, it leaves one file, and it masks a classifier. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { declareNetwork, decodeSafetensors, nn, onnxBackend } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { UserError } from "@mvt/common";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { passesPerImage } from "@mvt/mgn";
import { runId } from "../src/settings/run-config.ts";
import type { MgnConfig } from "../src/settings/run-config.ts";
import { mgnMetrics } from "../src/runs/result.ts";
import type { MgnMetrics } from "../src/runs/result.ts";
import { openRun } from "../src/runs/run-folder.ts";
import { readMgn } from "../src/runs/mgn-file.ts";
import { scales } from "../src/settings/scales.ts";
import { trainMgn } from "../src/training/mask-generator.ts";
import { microBatchCount } from "../src/training/micro-batches.ts";
import type { TrainingContext } from "../src/training/epoch-loop.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { filesBelow, makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { configFor } from "./fixtures/run-config.ts";
import { folderOf, train, withoutSpeed } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

let data: OpenedData;
let config: MgnConfig;
/** Holds the classifier that the generator starts from, and the generator, two epochs. */
let runs: string;

beforeAll(async () => {
  const folder = await makeFolder();
  runs = join(folder, "runs");
  data = await openedData(await drawFaces(join(folder, "data"), "raf-db"), {
    imageSize: 16,
    validationShare: 0.2,
    cacheFolder: join(folder, "cache"),
  });
  const classifier = configFor(data);
  await train({ config: classifier, data }, runs);
  const { training, ...common } = classifier;
  config = {
    ...common,
    kind: "mgn",
    m: 0.25,
    start: { run: runId(classifier) },
    training: {
      epochs: 2,
      batchSize: 8,
      learningRate: { discriminator: 1e-3, generator: 1e-2 },
      adamw: training.adamw,
      augmentation: training.augmentation,
      lambda: 1,
      polarity: "remove",
      space: "pixel",
    },
  };
  await trainGenerator(config, runs);
  return () => removeFolder(folder);
});

/** Trains the generator, or goes on with it, in `runsFolder`. */
async function trainGenerator(
  generator: MgnConfig,
  runsFolder: string,
  context: Partial<TrainingContext<MgnMetrics>> = {},
  named = "start",
) {
  const source = folderOf({ config: configFor(data), data }, runs).path(
    "validation-best.safetensors",
  );
  const start = {
    weights: decodeSafetensors(await readFile(source), "start").weights,
    source: named,
  };
  return trainMgn(
    { config: generator, title: "tiny masks", data, start },
    {
      backend: await onnxBackend({ threads: 1 }),
      run: openRun(runsFolder, runId(generator)),
      loaderThreads: 0,
      ...context,
    },
  );
}

const folderIn = (runsFolder: string) => openRun(runsFolder, runId(config));

async function remains(runsFolder: string) {
  const run = folderIn(runsFolder);
  return {
    generator: await readFile(run.path("mgn.safetensors")),
    result: await readFile(run.path("result.json"), "utf8"),
    metrics: withoutSpeed(await readFile(run.path("metrics.jsonl"), "utf8")),
  };
}

describe("a finished mask generator", () => {
  test("leaves these files", async () => {
    expect(await filesBelow(dirname(folderIn(runs).path("result.json")))).toEqual([
      "config.json",
      "manifest.json",
      "metrics.csv",
      "metrics.jsonl",
      "mgn.safetensors",
      "result.json",
    ]);
  });

  test("names the classifier that it starts from by its id, and no path of this machine", async () => {
    const mgn = await readMgn(folderIn(runs), "raf-db", config.model);
    expect(mgn.provenance["start"]).toBe(`run ${config.start.run}, validation-best`);
    const elsewhere = await temporaryFolder(onTestFinished);
    await trainGenerator(config, elsewhere, {}, join(elsewhere, "validation-best.safetensors"));
    const bytes = await readFile(folderIn(elsewhere).path("mgn.safetensors"));
    expect(bytes).toEqual(await readFile(folderIn(runs).path("mgn.safetensors")));
    expect(bytes.includes(elsewhere)).toBe(false);
  });

  test("has a line of metrics per epoch, and the last of them in its result", async () => {
    const text = await readFile(folderIn(runs).path("metrics.jsonl"), "utf8");
    const lines = text.trimEnd().split("\n");
    const metrics = lines.map((line) => mgnMetrics.parse(JSON.parse(line)));
    expect(metrics.map(({ epoch }) => epoch)).toEqual([1, 2]);
    const { imagesPerSecond: _, ...last } = metrics[1]!;
    expect(await folderIn(runs).result()).toMatchObject({ kind: "mgn", m: 0.25, epochs: 2, last });
  });

  test("is read back for the pictures it was trained for, and refused for others", async () => {
    const { m } = (await readMgn(folderIn(runs), "raf-db", config.model)).config;
    expect(m).toBe(0.25);
    await expect(readMgn(folderIn(runs), "ferplus", config.model)).rejects.toThrow("data set");
  });
});

describe("an interrupted mask generator", () => {
  const stop = () => {
    throw new Error("interrupted");
  };

  test.each([
    ["after its first epoch", { onEpoch: stop }],
    ["within its first epoch", { onStep: (_: number, done: number) => void (done > 20 && stop()) }],
    [
      "within its second epoch",
      { onStep: (epoch: number, done: number) => void (epoch === 2 && done > 20 && stop()) },
    ],
  ])("%s ends as if it had never been", async (_, interrupt) => {
    const elsewhere = await temporaryFolder(onTestFinished);
    await expect(trainGenerator(config, elsewhere, interrupt)).rejects.toThrow("interrupted");
    expect(await folderIn(elsewhere).result()).toBeUndefined();
    await trainGenerator(config, elsewhere);
    expect(await remains(elsewhere)).toEqual(await remains(runs));
  });
});

describe("the options that the paper does not have", () => {
  test.each([
    ["saturation", { saturation: 0.5 }],
    ["random masks of many shares", { randomShare: [0.25, 1] }],
    ["rates that fall to zero", { decay: "cosine" }],
  ] as const)(
    "%s: change what is learnt, and an interruption changes nothing",
    async (_, option) => {
      const training = { ...config.training, ...option };
      const optional: MgnConfig = { ...config, training };
      const weightsIn = (folder: string) =>
        readFile(openRun(folder, runId(optional)).path("mgn.safetensors"));
      const [whole, resumed] = [
        await temporaryFolder(onTestFinished),
        await temporaryFolder(onTestFinished),
      ];
      await trainGenerator(optional, whole);
      const stop = () => {
        throw new Error("interrupted");
      };
      const attempt = trainGenerator(optional, resumed, { onEpoch: stop });
      await expect(attempt).rejects.toThrow("interrupted");
      await trainGenerator(optional, resumed);
      expect(await weightsIn(resumed)).toEqual(await weightsIn(whole));
      const usual = await readFile(folderIn(runs).path("mgn.safetensors"));
      expect(await weightsIn(whole)).not.toEqual(usual);
    },
  );
});

describe("a mask generator whose activations do not fit a processor's cache", () => {
  /** Blocks so wide that a micro-batch of a classifier is 16 images. With SGD, which makes no small difference large. */
  const wide = (): MgnConfig => {
    const { adamw: _, ...training } = config.training;
    const sgd = { momentum: 0.9, weightDecay: 0 };
    return {
      ...config,
      model: { ...config.model, mlpRatio: 945 },
      training: { ...training, epochs: 1, batchSize: 32, optimizer: "sgd", sgd },
    };
  };

  /** The metrics of one epoch, and in how many micro-batches each program computed a batch. */
  async function trainOn(engine: Backend) {
    const counts: (number | undefined)[] = [];
    const backend: Backend = {
      ...engine,
      compile(program) {
        counts.push(program.microBatches?.count);
        return engine.compile(program);
      },
    };
    const { model } = wide();
    const { parameters } = nn.declareParameters((scope) => declareNetwork(scope, model));
    const start = { weights: nn.initialWeights(parameters, 3), source: "start" };
    const run = openRun(await temporaryFolder(onTestFinished), runId(wide()));
    const training = { config: wide(), title: "wide masks", data, start };
    const { last } = await trainMgn(training, { backend, run, loaderThreads: 0 });
    return { counts, last };
  }

  test("trains in micro-batches, to the same end as on an engine that computes whole batches", async () => {
    const engine = await onnxBackend({ threads: 2 });
    const divided = await trainOn(engine);
    const whole = await trainOn({ ...engine, sideBySide: undefined });
    expect(divided.counts).toEqual([4, 4]);
    expect(whole.counts).toEqual([undefined, undefined]);
    const { collapse: warnings, ...numbers } = whole.last;
    for (const [name, value] of Object.entries(numbers)) {
      const other = divided.last[name as keyof typeof numbers];
      expect([other], name).toBeAllClose([value], { rtol: 1e-3, atol: 1e-4 });
    }
    expect(divided.last.collapse).toHaveLength(warnings.length);
  });

  test("is none at the scales that train a small model: each batch is one graph", () => {
    for (const { model, mgn } of [scales.smoke, scales.quick]) {
      for (const passes of Object.values(passesPerImage)) {
        const batch = { ...mgn, passes };
        expect(microBatchCount({ sideBySide: 4 }, { ...model, classes: 7 }, batch)).toBe(1);
      }
    }
  });
});

describe("a mask generator that diverges", () => {
  test.each(["discriminator", "generator"] as const)(
    "by its %s ends at once, and says where and what to do",
    async (side) => {
      const { clipNorm: _, ...adamw } = config.training.adamw!;
      const learningRate = { ...config.training.learningRate, [side]: 1e30 };
      const wild = { ...config, training: { ...config.training, adamw, learningRate } };
      const elsewhere = await temporaryFolder(onTestFinished);
      const attempt = trainGenerator(wild, elsewhere);
      await expect(attempt).rejects.toThrow(UserError);
      await expect(attempt).rejects.toThrow(
        /^run [0-9a-f]{12} \(tiny masks\): expected a finite loss, got \w+ in epoch 1 at learning rate [\d.e+]+\. Lower them with --set mgn\.learningRate\.discriminator=\.\.\. and --set mgn\.learningRate\.generator=\.\.\.\.$/,
      );
      expect(await openRun(elsewhere, runId(wild)).read("metrics.jsonl")).toBeUndefined();
    },
  );
});
