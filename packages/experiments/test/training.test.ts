/** @file Training a classifier: it can be repeated and interrupted, and it leaves the test labels alone. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { decodeSafetensors, onnxBackend } from "@mvt/core";
import type { Executable } from "@mvt/core";
import { UserError } from "@mvt/common";
import { instantiate, thresholds } from "@mvt/relabel";
import type { LabelChange } from "@mvt/relabel";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Subset } from "../src/data/prepared.ts";
import { epochMetrics } from "../src/runs/result.ts";
import { decodeCheckpoint } from "../src/training/checkpoint.ts";
import { evaluationBatchSize, predict } from "../src/training/predict.ts";
import { declareClassifier, evaluationProgram } from "../src/training/programs.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { filesBelow, makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { configFor } from "./fixtures/run-config.ts";
import {
  folderOf,
  newestCheckpoint,
  readMetrics,
  remains,
  resultOf,
  train,
  withRelabelling,
} from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

/** The first epoch that relabels, of four. */
const startEpoch = 2;

let data: OpenedData;
/** Four epochs with relabelling, trained once for all tests below. */
let run: TinyRun;
let runs: string;

const constant = instantiate(thresholds.constant);
const pathOf = (tiny: TinyRun, runsFolder: string) =>
  dirname(folderOf(tiny, runsFolder).path("result.json"));

beforeAll(async () => {
  const folder = await makeFolder();
  data = await openedData(await drawFaces(join(folder, "data"), "raf-db"), {
    imageSize: 16,
    validationShare: 0.2,
    cacheFolder: join(folder, "cache"),
  });
  run = withRelabelling({ config: configFor(data), data }, constant, startEpoch);
  runs = join(folder, "runs");
  await train(run, runs);
  return () => removeFolder(folder);
});

describe("a finished run", () => {
  test("leaves these files", async () => {
    expect(await filesBelow(pathOf(run, runs))).toEqual([
      "config.json",
      "labels.csv",
      "labels.jsonl",
      "last.safetensors",
      "manifest.json",
      "metrics.csv",
      "metrics.jsonl",
      "predictions.csv",
      "result.json",
      "validation-best.safetensors",
    ]);
  });

  test("has learnt: its loss falls", async () => {
    // Without relabelling, which makes the labels what the network says they are.
    const { relabel: _, ...plain } = run.config;
    const training = { ...plain.training, epochs: 20 };
    const longer = { config: { ...plain, training }, data };
    await train(longer, runs);
    const metrics = await readMetrics(longer, runs);
    expect(metrics).toHaveLength(20);
    const [first, last] = [metrics[0]!, metrics[19]!];
    expect(last.loss).toBeLessThan(0.85 * first.loss);
    expect(last.train.k).toBeGreaterThan(1.5 * first.train.k);
  });

  test("takes its learning rate from the schedule, per epoch", async () => {
    const rates = (await readMetrics(run, runs)).map(({ learningRate }) => learningRate);
    const { learningRate, gamma } = run.config.training.schedule;
    // Half an epoch of warm-up, then γ per epoch.
    expect(rates.slice(1)).toBeAllClose([1, 2, 3].map((epoch) => learningRate * gamma! ** epoch));
    expect(rates[0]).toBeLessThan(learningRate);
  });

  test("chose the first of the epochs that are best on the validation subset", async () => {
    const metrics = await readMetrics(run, runs);
    const best = Math.max(...metrics.map(({ validation }) => validation.k));
    const chosen = metrics.find(({ validation }) => validation.k === best)!;
    const result = await resultOf(run, runs);
    expect(result.validation).toEqual({ ...chosen.test, epoch: chosen.epoch });
    expect(result.last).toEqual({ ...metrics[3]!.test, epoch: 4 });
    expect(result.bestOnTest.k).toBe(Math.max(...metrics.map((line) => line.test!.k)));
  });

  test("tells the same of the weights it leaves if its test images are asked at the end only", async () => {
    const training = { ...run.config.training, tests: "at-end" as const };
    const once = { ...run, config: { ...run.config, training } };
    const [usual, result] = [await resultOf(run, runs), await train(once, runs)];
    expect(result.validation).toEqual(usual.validation);
    expect(result.last).toEqual(usual.last);
    expect(result.bestOnTest.k).toBe(Math.max(result.validation.k, result.last.k));
    const metrics = await readMetrics(once, runs);
    expect(metrics.every((line) => line.test === undefined)).toBe(true);
  });

  test("keeps the weights of the epoch it chose", async () => {
    const chosen = (await resultOf(run, runs)).validation.epoch;
    // An exponential schedule does not depend on how many epochs there are.
    const training = { ...run.config.training, epochs: chosen };
    const shorter = { ...run, config: { ...run.config, training } };
    const elsewhere = await temporaryFolder(onTestFinished);
    await train(shorter, elsewhere);
    const last = await folderOf(shorter, elsewhere).read("last.safetensors");
    expect(await folderOf(run, runs).read("validation-best.safetensors")).toEqual(last);
  });

  test("counts its parameters: those of the model, without the optimiser's moments", async () => {
    const { weights } = await weightsOf("last.safetensors");
    const result = await resultOf(run, runs);
    const { parameters } = declareClassifier(run.config.model);
    expect([...weights.keys()]).toEqual(parameters.map(({ name }) => name));
    const size = weights.values().reduce((sum, { data: values }) => sum + values.length, 0);
    expect(result.parameters).toBe(size);
  });
});

describe("predictions.csv", () => {
  let header: readonly string[];
  let rows: readonly (readonly string[])[];

  beforeAll(async () => {
    const csv = await readFile(folderOf(run, runs).path("predictions.csv"), "utf8");
    const lines = csv.trimEnd().split("\n");
    header = lines[0]!.split(",");
    rows = lines.slice(1).map((line) => line.split(","));
  });

  test("has one row per test image, with the label of the data set's files", () => {
    const { ids, labels } = data.test;
    expect(header).toEqual(["id", "label", "predicted", ...data.classes]);
    expect(rows.map(([id, label]) => [id, label])).toEqual(
      ids.map((id, i) => [id, data.classes[labels[i]!]]),
    );
  });

  test("agrees with the result: as many rows are right", async () => {
    const right = rows.filter(([, label, predicted]) => label === predicted);
    const { validation } = await resultOf(run, runs);
    expect({ k: right.length, n: rows.length }).toEqual({ k: validation.k, n: validation.n });
  });

  test("has probabilities that sum to one and are highest for the class predicted", () => {
    for (const [, , predicted, ...texts] of rows) {
      const probabilities = texts.map(Number);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
      expect(probabilities[data.classes.indexOf(predicted as never)]).toBe(
        Math.max(...probabilities),
      );
    }
  });
});

describe("an interrupted run", () => {
  /** Trains until `interrupt` throws, then goes on to the end. */
  async function interrupted(interrupt: Parameters<typeof train>[2]): Promise<string> {
    const elsewhere = await temporaryFolder(onTestFinished);
    await expect(train(run, elsewhere, interrupt)).rejects.toThrow("interrupted");
    expect(await folderOf(run, elsewhere).result()).toBeUndefined();
    await train(run, elsewhere);
    return pathOf(run, elsewhere);
  }

  const stop = () => {
    throw new Error("interrupted");
  };

  test.each([1, 2, 3, 4])("after epoch %d ends as if it had never been", async (last) => {
    const folder = await interrupted({ onEpoch: ({ epoch }) => void (epoch === last && stop()) });
    expect(await remains(folder)).toEqual(await remains(pathOf(run, runs)));
  });

  test.each([1, 3])("within epoch %d ends as if it had never been", async (within) => {
    const onStep = (epoch: number, done: number) => void (epoch === within && done > 20 && stop());
    const folder = await interrupted({ onStep });
    expect(await remains(folder)).toEqual(await remains(pathOf(run, runs)));
  });

  test("keeps the gate of relabelling open that training accuracy had opened", async () => {
    const { config } = run;
    const training = { ...config.training, epochs: 6 };
    const relabel = { ...config.relabel!, minTrainAccuracy: 0.25 };
    const gated = { ...run, config: { ...config, training, relabel } };
    const [whole, parts] = [await temporaryFolder(onTestFinished), runs];
    await train(gated, whole);
    const relabelled = (await readMetrics(gated, whole)).map((epoch) => epoch.relabelled);
    const opened = relabelled.findIndex((count) => count > 0); // 0-based: the epochs before
    expect(opened).toBeGreaterThan(startEpoch - 1);
    const until = { onEpoch: ({ epoch }: { epoch: number }) => void (epoch === opened && stop()) };
    await expect(train(gated, parts, until)).rejects.toThrow("interrupted");
    await train(gated, parts);
    expect(await remains(pathOf(gated, parts))).toEqual(await remains(pathOf(gated, whole)));
  });

  test("does not train again the epochs that are done", async () => {
    const elsewhere = await temporaryFolder(onTestFinished);
    const until = { onEpoch: ({ epoch }: { epoch: number }) => void (epoch === 3 && stop()) };
    await expect(train(run, elsewhere, until)).rejects.toThrow("interrupted");
    const { bytes } = (await newestCheckpoint(folderOf(run, elsewhere)))!;
    const { step, metrics } = decodeCheckpoint(bytes, "checkpoint", epochMetrics);
    expect(metrics).toHaveLength(3);
    expect(step).toBe(3 * Math.ceil(data.train.ids.length / run.config.training.batchSize));
    const epochs: number[] = [];
    await train(run, elsewhere, { onEpoch: ({ epoch }) => epochs.push(epoch) });
    expect(epochs).toEqual([4]);
  });
});

describe("a run that diverges", () => {
  test("ends at once, and says where and what to do", async () => {
    const { config } = run;
    const schedule = { ...config.training.schedule, learningRate: 1e30, warmupEpochs: 0 };
    const { clipNorm: _, ...adamw } = config.training.adamw!;
    const wild = { ...config, training: { ...config.training, schedule, adamw } };
    const elsewhere = await temporaryFolder(onTestFinished);
    const attempt = train({ ...run, config: wild }, elsewhere);
    await expect(attempt).rejects.toThrow(UserError);
    await expect(attempt).rejects.toThrow(
      /^run [0-9a-f]{12} \(tiny\): expected a finite loss, got \w+ in epoch 1 at learning rate 1e\+30\. Lower it with --set schedule\.learningRate=\.\.\., or clip gradients with --set adamw\.clipNorm=1\.$/,
    );
    expect(await filesBelow(pathOf({ ...run, config: wild }, elsewhere))).toEqual(["config.json"]);
  });
});

describe("two runs", () => {
  test("with one seed are equal in every byte, also with threads that work ahead", async () => {
    const elsewhere = await temporaryFolder(onTestFinished);
    await train(run, elsewhere, { loaderThreads: 1 });
    expect(await remains(pathOf(run, elsewhere))).toEqual(await remains(pathOf(run, runs)));
  });

  test("with different seeds start from other weights and end with others", async () => {
    const other = withRelabelling({ config: configFor(data, 1), data }, constant, startEpoch);
    await train(other, runs);
    const [first] = await readMetrics(run, runs);
    const [second] = await readMetrics(other, runs);
    expect(second!.loss).not.toBe(first!.loss);
    const [a, b] = await Promise.all([run, other].map((tiny) => remains(pathOf(tiny, runs))));
    expect(a!["last.safetensors"]).not.toBe(b!["last.safetensors"]);
    expect(a!["predictions.csv"]).not.toBe(b!["predictions.csv"]);
  });
});

describe("relabelling", () => {
  /** The changes in labels.jsonl, without its header. */
  async function changes() {
    const text = await readFile(folderOf(run, runs).path("labels.jsonl"), "utf8");
    const [, ...lines] = text.trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as LabelChange);
  }

  test("changes labels from its first epoch on, and none before", async () => {
    const metrics = await readMetrics(run, runs);
    const relabelled = metrics.map((epoch) => epoch.relabelled);
    expect(relabelled[0]).toBe(0);
    expect(relabelled[1]).toBeGreaterThan(0);
    const counted = metrics.map(({ epoch }) =>
      changes().then((all) => all.filter((change) => change.epoch === epoch).length),
    );
    expect(await Promise.all(counted)).toEqual(relabelled);
  });

  test("trains the epochs before as if there were none", async () => {
    const { relabel: _, ...plain } = run.config;
    const alone = { config: plain, data };
    const elsewhere = await temporaryFolder(onTestFinished);
    await train(alone, elsewhere);
    const [first, second] = (await readMetrics(alone, elsewhere)).map(({ loss }) => loss);
    const [sameFirst, sameSecond, third] = (await readMetrics(run, runs)).map(({ loss }) => loss);
    expect(sameFirst).toBe(first);
    expect(sameSecond).toBe(second); // new labels count when a sample is drawn next
    expect(third).not.toBe((await readMetrics(alone, elsewhere))[2]!.loss);
    expect(await filesBelow(pathOf(alone, elsewhere))).not.toContain("labels.jsonl");
  });

  test("changes a label where Eq. 6 says so, on probabilities of one softmax", async () => {
    for (const { pMax, pGt, threshold, from, to } of await changes()) {
      expect(threshold).toBe(constant.f(pGt) + run.config.relabel!.delta);
      expect(pMax - pGt).toBeGreaterThan(threshold);
      expect(pMax + pGt).toBeLessThanOrEqual(1);
      expect(from).not.toBe(to);
    }
  });

  test("changes labels of the training subset only", async () => {
    const trained = new Set(data.train.ids);
    const ids = (await changes()).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.filter((id) => !trained.has(id))).toEqual([]);
  });

  test("leaves the labels that come with the data as they are", async () => {
    const prepared = [data.train, data.validation, data.test];
    for (const { ids, labels } of prepared) {
      const samples = [...data.dataset.splits.train, ...data.dataset.splits.test];
      const given = new Map(samples.map(({ id, expression }) => [id, expression]));
      expect([...labels]).toEqual(ids.map((id) => data.classes.indexOf(given.get(id)!)));
    }
  });

  test("is counted in the result, against the truth of the training subset", async () => {
    const { relabel } = await resultOf(run, runs);
    const current = new Map((await changes()).map(({ id, to }) => [id, to]));
    const { ids, labels } = data.train;
    const now = ids.map((id, i) => {
      const name = current.get(id);
      return name === undefined ? labels[i]! : data.classes.indexOf(name as never);
    });
    const truth = data.trainTruth!;
    const count = (holds: (i: number) => boolean) => ids.filter((_, i) => holds(i)).length;
    const changed = count((i) => now[i] !== labels[i]);
    const n = ids.length;
    expect(relabel).toEqual({
      changed,
      precision: { k: count((i) => now[i] !== labels[i] && now[i] === truth[i]), n: changed },
      recall: {
        k: count((i) => labels[i] !== truth[i] && now[i] === truth[i]),
        n: count((i) => labels[i] !== truth[i]),
      },
      harm: {
        k: count((i) => labels[i] === truth[i] && now[i] !== truth[i]),
        n: count((i) => labels[i] === truth[i]),
      },
      correctBefore: { k: count((i) => labels[i] === truth[i]), n },
      correctAfter: { k: count((i) => now[i] === truth[i]), n },
    });
  });
});

describe("evaluation", () => {
  async function answersWith(batchSize: number, subset: Subset = data.test) {
    const backend = await onnxBackend({ threads: 1 });
    const classifier = declareClassifier(run.config.model);
    const executable: Executable = await backend.compile(evaluationProgram(classifier, batchSize));
    onTestFinished(() => executable.dispose());
    await executable.writeState((await weightsOf("validation-best.safetensors")).weights);
    return predict(executable, subset, { batchSize, classes: 7 });
  }

  test.each([1, 7, 30, 64])("with %d images at a time gives the run's answers", async (batch) => {
    const usual = await answersWith(evaluationBatchSize(16));
    const answers = await answersWith(batch);
    const { validation } = await resultOf(run, runs);
    expect({ k: answers.k, n: answers.n }).toEqual({ k: validation.k, n: validation.n });
    expect(answers.predicted).toEqual(usual.predicted);
    expect(answers.probabilities).toBeAllClose(usual.probabilities, { rtol: 1e-5, atol: 1e-6 });
  });

  test("gives an image the answer that it gets alone", async () => {
    const all = await answersWith(30);
    const at = 4;
    const { images, rows, ids, labels } = data.test;
    const alone = { images, rows: rows.slice(at, at + 1), labels: labels.slice(at, at + 1) };
    const { probabilities } = await answersWith(30, { ...alone, ids: [ids[at]!] });
    const expected = all.probabilities.slice(at * 7, (at + 1) * 7);
    expect(probabilities).toBeAllClose(expected, { rtol: 1e-5, atol: 1e-6 });
    expect(probabilities).not.toBeAllClose(all.probabilities.slice(0, 7), { rtol: 1e-3 });
  });
});

async function weightsOf(file: "validation-best.safetensors" | "last.safetensors") {
  const bytes = await folderOf(run, runs).read(file);
  return decodeSafetensors(bytes!, file);
}
