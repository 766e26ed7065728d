/** @file Runs that relabel on other probabilities than the training step's, and with functions that take a context. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { argmax } from "@mvt/common";
import { onnxBackend, decodeSafetensors } from "@mvt/core";
import { defineThreshold, instantiate, predictionSources, thresholds } from "@mvt/relabel";
import type { LabelChange, PredictionSource, Threshold } from "@mvt/relabel";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runId } from "../src/settings/run-config.ts";
import { createPlanner } from "../src/studies/planner.ts";
import { handOver } from "../src/training/hand-over.ts";
import { evaluationBatchSize, predict } from "../src/training/predict.ts";
import { declareClassifier, evaluationProgram } from "../src/training/programs.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { smokeRequest } from "./fixtures/plan-request.ts";
import { configFor } from "./fixtures/run-config.ts";
import {
  folderOf,
  readMetrics,
  remains,
  resultOf,
  train,
  withRelabelling,
} from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

const sources = Object.keys(predictionSources) as PredictionSource[];
const startEpoch = 2;
let data: OpenedData;
let runs: string;

/** Four epochs, of which the last three relabel on these probabilities. */
function runOn(predictions: PredictionSource, f: Threshold = instantiate(thresholds.constant)) {
  const run = withRelabelling({ config: configFor(data), data }, f, startEpoch);
  if (predictions === "step") return run;
  return { ...run, config: { ...run.config, relabel: { ...run.config.relabel!, predictions } } };
}

const pathOf = (run: TinyRun, folder: string) => dirname(folderOf(run, folder).path("result.json"));

async function changesOf(run: TinyRun): Promise<readonly LabelChange[]> {
  const text = await readFile(folderOf(run, runs).path("labels.jsonl"), "utf8");
  const [, ...lines] = text.trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as LabelChange);
}

beforeAll(async () => {
  const folder = await makeFolder();
  data = await openedData(await drawFaces(join(folder, "data"), "raf-db"), {
    imageSize: 16,
    validationShare: 0.2,
    cacheFolder: join(folder, "cache"),
  });
  runs = join(folder, "runs");
  for (const source of sources) await train(runOn(source), runs);
  return () => removeFolder(folder);
});

describe.each(sources)("a run that decides on %s", (source) => {
  test("counts every change in the metrics of its epoch", async () => {
    const changes = await changesOf(runOn(source));
    const metrics = await readMetrics(runOn(source), runs);
    expect(metrics.map(({ relabelled }) => relabelled)).toEqual(
      metrics.map(({ epoch }) => changes.filter((change) => change.epoch === epoch).length),
    );
    expect(metrics[0]!.relabelled).toBe(0);
    expect(changes.length).toBeGreaterThan(0);
    expect((await resultOf(runOn(source), runs)).relabel!.changed).toBeGreaterThan(0);
  });

  test.each([1, 2, 3])(
    "ends with the same bytes if it is interrupted in epoch %d",
    async (last) => {
      const elsewhere = await temporaryFolder(onTestFinished);
      // In the middle of the next epoch: what it has recorded and decided until then is lost.
      const onStep = (epoch: number, done: number) => {
        if (epoch === last + 1 && done > 20) throw new Error("interrupted");
      };
      await expect(train(runOn(source), elsewhere, { onStep })).rejects.toThrow("interrupted");
      await train(runOn(source), elsewhere);
      expect(await remains(pathOf(runOn(source), elsewhere))).toEqual(
        await remains(pathOf(runOn(source), runs)),
      );
    },
  );
});

test("each source gives a run of its own, and those of the step keep their ids", () => {
  const ids = sources.map((source) => runId(runOn(source).config));
  expect(new Set(ids).size).toBe(3);
  const plain = withRelabelling(
    { config: configFor(data), data },
    instantiate(thresholds.constant),
    startEpoch,
  );
  expect(ids[0]).toBe(runId(plain.config));
});

describe("a planner", () => {
  const threshold = instantiate<string>(thresholds.constant);
  const never = () => Promise.reject(new Error("not asked for"));
  const plannerOf = (predictions?: PredictionSource) => {
    const request = { ...smokeRequest, predictions };
    return createPlanner(request, { request, get: () => Promise.resolve(data), synthetic: never });
  };
  const spec = { dataset: "raf-db", seed: 0, relabel: { spec: "constant", threshold } } as const;

  test("leaves the default out of configuration and title", async () => {
    const [plain, step] = await Promise.all(
      ([undefined, "step"] as const).map((source) => plannerOf(source).classifier(spec)),
    );
    expect(plain!.config.relabel).not.toHaveProperty("predictions");
    expect(step!.id).toBe(plain!.id);
    expect(step!.title).toMatch(/constant, seed 0$/);
  });

  test("takes what was asked for, unless a run has its own", async () => {
    const average = await plannerOf("average").classifier(spec);
    expect(average.config.relabel!.predictions).toBe("average");
    expect(average.title).toMatch(/constant, predictions average, seed 0$/);
    const own = await plannerOf("average").classifier({ ...spec, predictions: "pass" });
    expect(own.config.relabel!.predictions).toBe("pass");
    const none = await plannerOf("average").classifier({ ...spec, relabel: undefined });
    expect(none.config).not.toHaveProperty("relabel");
  });
});

test("the epochs before relabelling do not depend on the source", async () => {
  const losses = await Promise.all(
    sources.map(async (source) => (await readMetrics(runOn(source), runs)).map(({ loss }) => loss)),
  );
  const distinct = (from: number, to: number) =>
    new Set(losses.map((loss) => loss.slice(from, to).join())).size;
  expect(distinct(0, startEpoch)).toBe(1); // new labels count from the next epoch on
  expect(distinct(startEpoch, 4)).toBe(3);
});

test("a run whose first epochs another one trains has their averages, too", async () => {
  const elsewhere = await temporaryFolder(onTestFinished);
  const run = runOn("average");
  const { relabel: _, ...config } = run.config;
  const trunk = { config, data };
  const branch = { id: runId(run.config), config: run.config, epochs: startEpoch - 1 };
  await train(trunk, elsewhere, {
    needsCheckpoint: (epochs) => epochs === branch.epochs,
    async onCheckpoint(epochs, _over, file) {
      if (epochs !== branch.epochs) return;
      await handOver(folderOf(trunk, elsewhere), file!, branch, elsewhere);
    },
  });
  await train(run, elsewhere);
  expect(await remains(pathOf(run, elsewhere))).toEqual(await remains(pathOf(run, runs)));
});

describe("a pass over the training set", () => {
  test("is made with the weights at the end of the epoch, on images without augmentation", async () => {
    // One epoch that relabels, and then the end: its last weights are those of the pass.
    const run = runOn("pass");
    const { config } = run;
    const once = {
      ...run,
      config: { ...config, training: { ...config.training, epochs: startEpoch } },
    };
    await train(once, runs);
    const backend = await onnxBackend({ threads: 1 });
    const batchSize = evaluationBatchSize(16);
    const program = await backend.compile(
      evaluationProgram(declareClassifier(config.model), batchSize),
    );
    onTestFinished(() => program.dispose());
    const bytes = await folderOf(once, runs).read("last.safetensors");
    await program.writeState(decodeSafetensors(bytes!, "last.safetensors").weights);
    const { probabilities } = await predict(program, data.train, { batchSize, classes: 7 });
    const { labels, ids } = data.train;
    const expected = ids.flatMap((id, i) => {
      const row = probabilities.subarray(i * 7, (i + 1) * 7);
      const [best, pGt] = [argmax(row), row[labels[i]!]!];
      return row[best]! - pGt > config.relabel!.delta
        ? [{ epoch: startEpoch, id, to: data.classes[best], pMax: row[best], pGt }]
        : [];
    });
    expect(expected.length).toBeGreaterThan(0);
    expect(await changesOf(once)).toMatchObject(expected);
    expect(await changesOf(once)).toHaveLength(expected.length);
  });
});

describe("a run with a function that takes a context", () => {
  /** No lead is enough in the classes that the network knows worse than by chance. */
  const cautious = instantiate(
    defineThreshold({
      name: "cautious",
      about: "0 in classes that are recognised, 1 in the others",
      parameters: {},
      context: true,
      f: (_, __, { label, classConfidence, classes }) =>
        classConfidence[label]! > 1 / classes.length ? 0 : 1,
    }),
  );

  test.each(sources)(
    "ends with the same bytes if it is interrupted, deciding on %s",
    async (source) => {
      const run = runOn(source, cautious);
      const elsewhere = await temporaryFolder(onTestFinished);
      const onEpoch = ({ epoch }: { epoch: number }) => {
        if (epoch === 2) throw new Error("interrupted");
      };
      await train(run, runs);
      await expect(train(run, elsewhere, { onEpoch })).rejects.toThrow("interrupted");
      await train(run, elsewhere);
      expect(await remains(pathOf(run, elsewhere))).toEqual(await remains(pathOf(run, runs)));
    },
  );

  test("asks more in the classes of which it knows little", async () => {
    const changes = await changesOf(runOn("step", cautious));
    const all = await changesOf(runOn("step"));
    const first = (these: typeof all) => these.filter(({ epoch }) => epoch === startEpoch);
    expect(first(changes).length).toBeGreaterThan(0);
    expect(first(changes).length).toBeLessThan(first(all).length);
    expect(first(all)).toEqual(expect.arrayContaining([...first(changes)]));
  });
});
