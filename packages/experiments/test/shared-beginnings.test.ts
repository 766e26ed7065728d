/** @file Runs that share their beginning end as if each had been trained alone. */
import { dirname, join } from "node:path";
import { availableParallelism } from "node:os";
import { filesBelow, makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { onnxBackend } from "@mvt/core";
import { instantiate, thresholds } from "@mvt/relabel";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { checkpointFile } from "../src/runs/checkpoint-files.ts";
import { originOf } from "../src/runs/origin.ts";
import { planRun, planRuns } from "../src/runs/planned-run.ts";
import type { PlannedClassifier } from "../src/runs/planned-run.ts";
import { epochMetrics } from "../src/runs/result.ts";
import { sharedBeginnings } from "../src/runs/shared-beginnings.ts";
import { decodeCheckpoint } from "../src/training/checkpoint.ts";
import { executeRuns } from "../src/training/execute.ts";
import { handOver } from "../src/training/hand-over.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { configFor } from "./fixtures/run-config.ts";
import {
  folderOf,
  newestCheckpoint,
  remains,
  train,
  trainTask,
  withRelabelling,
} from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

let data: OpenedData;
/** Four epochs without relabelling. */
let given: TinyRun;
/** Four epochs that relabel from the second, the third and the last epoch on. */
let second: TinyRun;
let third: TinyRun;
let last: TinyRun;
/** A folder in which each was trained alone. */
let alone: string;

const functions = {
  constant: instantiate(thresholds.constant),
  linear: instantiate(thresholds.linear),
};
const pathOf = (run: TinyRun, runs: string) => dirname(folderOf(run, runs).path("result.json"));

beforeAll(async () => {
  const folder = await makeFolder();
  data = await openedData(await drawFaces(join(folder, "data"), "raf-db"), {
    imageSize: 16,
    validationShare: 0.2,
    cacheFolder: join(folder, "cache"),
  });
  given = { config: configFor(data), data };
  second = withRelabelling(given, functions.constant, 2);
  third = withRelabelling(given, functions.linear, 3);
  last = withRelabelling(given, functions.constant, 4);
  alone = join(folder, "alone");
  for (const run of [given, second, third, last]) await train(run, alone);
  return () => removeFolder(folder);
});

/** The run as a command plans it. */
function planned({ config, threshold }: TinyRun): PlannedClassifier {
  return planRun({ title: "tiny", config, data, after: [], thresholdSpec: threshold?.name });
}

const whatIsLeft = (run: TinyRun, runs: string) => remains(pathOf(run, runs));

describe("the runs of a plan", () => {
  test("that differ only in relabelling share the epochs before it with the one that never does", () => {
    const [a, b, c] = [planned(second), planned(given), planned(third)];
    expect([...sharedBeginnings([a, b, c])]).toEqual([
      [a.id, { trunk: b, branch: a, epochs: 1 }],
      [c.id, { trunk: b, branch: c, epochs: 2 }],
    ]);
  });

  test("share them with the one that relabels last where each does", () => {
    const [a, b] = [planned(second), planned(last)];
    expect([...sharedBeginnings([a, b])]).toEqual([[a.id, { trunk: b, branch: a, epochs: 1 }]]);
  });

  test("share nothing if they relabel from the first epoch on, or differ in seed or data", () => {
    const first = planned(withRelabelling(given, functions.constant, 1));
    const other = planned({ config: configFor(data, 1), data });
    const { config } = third;
    const elsewhere = { ...config, data: { ...config.data, fingerprint: "another" } };
    expect(sharedBeginnings([planned(given), first, other]).size).toBe(0);
    expect(sharedBeginnings([planned(given), planned({ ...third, config: elsewhere })]).size).toBe(
      0,
    );
  });

  test("share at most all epochs that there are", () => {
    const late = planned(withRelabelling(given, functions.constant, 9));
    expect(sharedBeginnings([planned(given), late]).get(late.id)!.epochs).toBe(4);
  });

  test("share nothing with one that is finished, or if each is to train its own", async () => {
    const wanted = [planned(given), planned(second)];
    const nowhere = await temporaryFolder(onTestFinished);
    expect((await planRuns(wanted, nowhere)).shared.size).toBe(1);
    expect((await planRuns(wanted, nowhere, true)).shared.size).toBe(0);
    await train(given, nowhere);
    expect((await planRuns(wanted, nowhere)).shared.size).toBe(0);
  });
});

describe("a branch", () => {
  /** Trains the trunk in this thread, as a worker does, and hands its beginning to `branches`. */
  async function trainTrunk(runs: string, ...branches: readonly [TinyRun, number][]) {
    const { id, config, title } = planned(given);
    const failure = await trainTask({
      id,
      title,
      config,
      data,
      runsFolder: runs,
      branches: branches.map(([run, epochs]) => ({ ...planned(run), epochs })),
    });
    expect(failure).toBeUndefined();
  }

  test("ends as if it had been trained alone, and trains only what is left", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await trainTrunk(runs, [second, 1], [third, 2], [last, 3]);
    for (const [run, left] of [
      [second, [2, 3, 4]],
      [third, [3, 4]],
      [last, [4]],
    ] as const) {
      const epochs: number[] = [];
      await train(run, runs, { onEpoch: ({ epoch }) => epochs.push(epoch) });
      expect(epochs).toEqual(left);
      expect(await whatIsLeft(run, runs)).toEqual(await whatIsLeft(run, alone));
    }
    expect(await whatIsLeft(given, runs)).toEqual(await whatIsLeft(given, alone));
    // A file that both runs had at first was replaced by each, not written over.
    expect(await filesBelow(pathOf(third, runs))).toEqual(await filesBelow(pathOf(third, alone)));
  });

  test("that is interrupted ends so, too", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await trainTrunk(runs, [second, 1]);
    for (const epoch of [2, 3]) {
      const onEpoch = (line: { epoch: number }) => {
        if (line.epoch === epoch) throw new Error("interrupted");
      };
      await expect(train(second, runs, { onEpoch })).rejects.toThrow("interrupted");
    }
    await train(second, runs);
    expect(await whatIsLeft(second, runs)).toEqual(await whatIsLeft(second, alone));
  });

  test("gets its beginning when the interrupted trunk goes on from just there", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const onEpoch = ({ epoch }: { epoch: number }) => {
      if (epoch === 2) throw new Error("interrupted");
    };
    await expect(train(given, runs, { onEpoch })).rejects.toThrow("interrupted");
    await trainTrunk(runs, [second, 1], [third, 2]); // too late for the first of them
    expect(await newestCheckpoint(folderOf(second, runs))).toBeUndefined();
    const { bytes } = (await newestCheckpoint(folderOf(third, runs)))!;
    expect(decodeCheckpoint(bytes, "checkpoint", epochMetrics).metrics).toHaveLength(2);
    for (const run of [second, third]) {
      await train(run, runs);
      expect(await whatIsLeft(run, runs)).toEqual(await whatIsLeft(run, alone));
    }
  });

  test("gets all epochs of a trunk that ends early, and ends there itself", async () => {
    const early = (run: TinyRun): TinyRun => {
      const training = { ...run.config.training, stopAtTrainAccuracy: 0.01 };
      return { ...run, config: { ...run.config, training } };
    };
    const runs = await temporaryFolder(onTestFinished);
    const [trunk, branch] = [early(given), early(third)];
    const { id, config } = planned(branch);
    await train(trunk, runs, {
      async onCheckpoint(_, over, file) {
        if (over) await handOver(folderOf(trunk, runs), file!, { id, config, epochs: 2 }, runs);
      },
    });
    await train(branch, runs);
    await train(branch, join(runs, "alone"));
    expect(await whatIsLeft(branch, runs)).toEqual(await whatIsLeft(branch, join(runs, "alone")));
  });

  test("that has begun already keeps its own checkpoint", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await folderOf(second, runs).write(checkpointFile(3), "its own");
    await trainTrunk(runs, [second, 1]);
    const kept = await newestCheckpoint(folderOf(second, runs));
    expect([kept?.file, String(kept?.bytes)]).toEqual([checkpointFile(3), "its own"]);
  });
});

test("a command trains shared beginnings once, in worker threads, with the same results", async () => {
  const runs = await temporaryFolder(onTestFinished);
  const wanted = [second, given, third].map(planned);
  const epochs = new Map<string, number[]>();
  await executeRuns(await planRuns(wanted, runs), {
    runsFolder: runs,
    engine: {
      backend: await onnxBackend({ threads: 1 }),
      spec: { backend: "onnx", device: "cpu", threads: 1 },
      jobs: Math.min(2, availableParallelism()),
    },
    origin: originOf("smoke", await onnxBackend({ threads: 1 })),
    onEpoch: ({ id }, { epoch }) => void epochs.getOrInsertComputed(id, () => []).push(epoch),
  });
  expect(wanted.map(({ id }) => epochs.get(id))).toEqual([
    [2, 3, 4],
    [1, 2, 3, 4],
    [3, 4],
  ]);
  for (const run of [given, second, third]) {
    expect(await whatIsLeft(run, runs)).toEqual(await whatIsLeft(run, alone));
  }
});
