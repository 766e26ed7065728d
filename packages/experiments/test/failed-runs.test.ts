/** @file Runs that fail, and runs that another process trains, leave the others of a command running. */
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onnxBackend, ops } from "@mvt/core";
import { loadThreshold } from "@mvt/relabel";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { messageOf } from "../src/cli/cli.ts";
import { takeLock } from "../src/runs/lock.ts";
import { planRun, planRuns } from "../src/runs/planned-run.ts";
import type { PlannedClassifier } from "../src/runs/planned-run.ts";
import { checkpointFile } from "../src/runs/checkpoint-files.ts";
import { openRun } from "../src/runs/run-folder.ts";
import { executeRuns } from "../src/training/execute.ts";
import type { Execution } from "../src/training/execute.ts";
import { FailedRunsError } from "../src/training/failed-runs.ts";
import { failureOf, failureOfThread } from "../src/training/failure.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { configFor } from "./fixtures/run-config.ts";
import { train, withRelabelling } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

let data: OpenedData;

beforeAll(async () => {
  const folder = await makeFolder();
  data = await openedData(await drawFaces(join(folder, "data"), "raf-db"), {
    imageSize: 16,
    validationShare: 0.2,
    cacheFolder: join(folder, "cache"),
  });
  return () => removeFolder(folder);
});

const plugin = resolve(import.meta.dirname, "fixtures/failing-threshold.ts");

/** A run without relabelling of two epochs. */
function plain(seed: number, after: readonly PlannedClassifier[] = []): PlannedClassifier {
  const config = configFor(data, seed);
  const training = { ...config.training, epochs: 2 };
  const [first] = after;
  const pretrained = first && { run: first.id };
  return planRun({
    title: `seed ${seed}`,
    config: { ...config, training, ...(pretrained && { pretrained }) },
    data,
    after,
  });
}

/** A run that fails in its first epoch. */
async function failing(how: "throws" | "ends"): Promise<PlannedClassifier> {
  const spec = how === "ends" ? `${plugin}:ends=1` : plugin;
  const { config } = withRelabelling(
    { config: plain(0).config, data },
    await loadThreshold(spec),
    1,
  );
  return planRun({ title: `one that ${how}`, config, data, after: [], thresholdSpec: spec });
}

/** Trains the runs as a command does, two at a time; what happened to each. */
async function execute(
  runs: readonly PlannedClassifier[],
  runsFolder: string,
  more: Partial<Execution> = {},
) {
  const started: string[] = [];
  const done: string[] = [];
  const reused: string[] = [];
  const waits: string[] = [];
  const error = await executeRuns(await planRuns(runs, runsFolder), {
    runsFolder,
    engine: {
      backend: await onnxBackend({ threads: 1 }),
      spec: { backend: "onnx", device: "cpu", threads: 1 },
      jobs: 2,
    },
    locks: { beat: 50, lease: 60_000, poll: 20 },
    onStart: ({ title }) => void started.push(title),
    onDone: ({ title }) => void done.push(title),
    onReuse: ({ title }) => void reused.push(title),
    onWait: ({ title }, holder) => void waits.push(`${title}: ${holder}`),
    ...more,
  }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { started, done, reused, waits, error };
}

const isBroken: unknown = expect.stringContaining("it threw: the plugin is broken");

/** The runs that failed, with the reasons. */
function failures(error: unknown): readonly (readonly [title: string, reason: string])[] {
  expect(error).toBeInstanceOf(FailedRunsError);
  return (error as FailedRunsError).failed.map(({ run, reason }) => [run.title, reason]);
}

const unfinished = async (runs: readonly PlannedClassifier[], folder: string) => {
  const results = await Promise.all(runs.map(({ id }) => openRun(folder, id).result()));
  return runs.filter((_, i) => results[i] === undefined).map(({ title }) => title);
};

const busy = { timeout: 60_000 }; // trains several runs, on a machine that may do other things

describe("a run that fails", busy, () => {
  test("leaves the others running, and is named at the end with its reason", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const broken = await failing("throws");
    const runs = [plain(1), broken, plain(2), plain(3)];
    const { error } = await execute(runs, folder);
    expect(failures(error)).toEqual([["one that throws", isBroken]]);
    expect(await unfinished(runs, folder)).toEqual(["one that throws"]);
    const [first, second, ...others] = messageOf(error).split("\n");
    expect(first).toBe(
      "error: 1 of 4 runs failed. The others are finished and are kept when the command is repeated.",
    );
    expect(second).toMatch(`one that throws (run ${broken.id}): threshold "failing": f must be`);
    expect(others).toEqual([]);
  });

  test("by a defect of the program is named with the stack, once for all runs that it ends", () => {
    const { reason, stack } = failureOf(new TypeError("x is undefined"));
    const [run, other] = [plain(1), plain(2)];
    const defects = [run, other].map((each) => ({ run: each, reason, stack }));
    const [, first, second, asks, ...shown] = messageOf(new FailedRunsError(defects, 3)).split(
      "\n",
    );
    expect([first, second]).toEqual([
      `seed 1 (run ${run.id}): x is undefined.`,
      `seed 2 (run ${other.id}): x is undefined.`,
    ]);
    expect(asks).toMatch("This is a defect of the program");
    expect(shown.join("\n")).toBe(stack);
  });

  test(
    "does so each of ten times, while others compute",
    { tags: ["slow"], timeout: 300_000 },
    async () => {
      const runs = [plain(1), await failing("throws"), plain(2)];
      for (let i = 0; i < 10; i += 1) {
        const folder = await temporaryFolder(onTestFinished);
        const { error } = await execute(runs, folder);
        expect(failures(error)).toEqual([["one that throws", isBroken]]);
        expect(await unfinished(runs, folder)).toEqual(["one that throws"]);
      }
    },
  );

  test("because its thread ended leaves the others running, too", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const runs = [plain(1), await failing("ends"), plain(2)];
    const { error } = await execute(runs, folder);
    expect(failures(error)).toEqual([
      [
        "one that ends",
        "its thread ended before the training did (worker exited with code: 3). Repeat the command to go on.",
      ],
    ]);
    expect(await unfinished(runs, folder)).toEqual(["one that ends"]);
  });

  test("because memory does not suffice says so, and what needs less", async () => {
    const x = ops.input("x", [2 ** 22, 1]);
    const products = ops.add(x, ops.transpose(x, [1, 0])); // 64 TiB
    const backend = await onnxBackend({ threads: 1 });
    const program = { inputs: [x], outputs: { y: ops.mean(products) }, state: [] };
    const executable = await backend.compile(program);
    const error: unknown = await executable
      .run({ x: new Float32Array(2 ** 22) })
      .catch((reason: unknown) => reason);
    await executable.dispose();
    expect(failureOf(error)).toEqual({
      reason:
        "there is not enough memory (Failed to allocate memory for requested buffer of size 70368744177664). Train fewer runs at once (--jobs 1), with fewer micro-batches at once (--sessions 1), or in smaller batches (--set batchSize=...).",
    });
    const ended = Object.assign(new Error("heap"), { code: "ERR_WORKER_OUT_OF_MEMORY" });
    expect(failureOfThread(ended).reason).toMatch(/^its thread ran out of memory\. /);
  });

  // The words of Dawn's, Vulkan's and Direct3D's own sources: no GPU was there to be lost.
  test.each([
    "WebGPU validation failed. [Device] is lost",
    "WebGPU device lost (2): hung",
    "vkQueueSubmit failed with VK_ERROR_DEVICE_LOST",
    "DXGI_ERROR_DEVICE_HUNG",
  ])("of a GPU that is lost says how to go on: %s", (message) => {
    const { reason, stack } = failureOf(new Error(message));
    expect(reason).toMatch(
      /^the GPU was lost: .*Repeat the command to go on from the last checkpoint/,
    );
    expect(reason).toContain(message);
    expect(stack).toBeUndefined();
  });

  test("of a program that the driver does not compile says so", () => {
    const error = new Error(
      "WebGPU validation failed. Error while parsing WGSL\n - While calling [Device].CreateShaderModule(...)",
    );
    expect(failureOf(error).reason).toMatch(
      /^the GPU's driver refused a program \(WebGPU validation failed\. Error while parsing WGSL\)\. Update the driver/,
    );
  });

  test("that only mentions a device is a defect like any other", () => {
    expect(failureOf(new Error("the device is busy")).stack).toBeDefined();
  });

  test("keeps the runs that use it from being trained, which are named with it", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const broken = await failing("throws");
    const next = plain(1, [broken]);
    const { error, started } = await execute([plain(2), next, plain(3, [next])], folder);
    expect(failures(error)).toEqual([
      ["one that throws", isBroken],
      ["seed 1", `not trained, because it uses one that throws (run ${broken.id}), which failed.`],
      ["seed 3", `not trained, because it uses seed 1 (run ${next.id}), which failed.`],
    ]);
    expect(started).not.toContain("seed 1");
    expect(await unfinished([plain(2)], folder)).toEqual([]);
  });

  test("because of what the system refuses names the path, without a stack", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const [run, other] = [plain(1), plain(2)];
    const path = openRun(folder, run.id).path("config.json");
    await mkdir(path, { recursive: true });
    const { error } = await execute([run, other], folder);
    expect(failures(error)).toEqual([
      [
        "seed 1",
        `${path}: moving it failed: a folder is where a file was expected (EISDIR). Choose another folder, or move what is in the way.`,
      ],
    ]);
    expect((error as FailedRunsError).stacks).toEqual([]);
    expect(await unfinished([run, other], folder)).toEqual(["seed 1"]);
  });

  test("because a folder is in the place of its checkpoint names the path", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const run = plain(1);
    const path = openRun(folder, run.id).path(checkpointFile(1));
    await mkdir(path, { recursive: true });
    const { error } = await execute([run], folder);
    expect(messageOf(error)).toBe(
      `error: seed 1 (run ${run.id}): ${path}: expected a regular file, found a folder. Name a file, or put one in its place.`,
    );
  });

  test.each([
    ["removed", (path: string) => rm(path, { recursive: true })],
    ["moved", (path: string) => rename(path, `${path}-moved`)],
  ])("because its folder was %s says so, and can be trained again", async (_, change) => {
    const folder = await temporaryFolder(onTestFinished);
    const run = plain(1);
    const path = join(folder, run.id);
    let changed: Promise<void> | undefined;
    const { error } = await execute([run], folder, {
      onStep: () => {
        changed ??= change(path);
      },
    });
    await changed;
    expect(failures(error)).toEqual([
      [
        "seed 1",
        `run ${run.id}: expected its folder ${path}, found none. It was removed or moved while the run trained. Repeat the command to train it again.`,
      ],
    ]);
    expect(await readdir(folder)).not.toContain(run.id);
    expect((await execute([run], folder)).error).toBeUndefined();
    expect(await unfinished([run], folder)).toEqual([]);
  });
});

describe("two commands at once", busy, () => {
  test("share their runs, and both end well", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const runs = [1, 2, 3, 4].map((seed) => plain(seed));
    const both = await Promise.all([execute(runs, folder), execute(runs, folder)]);
    expect(both.map(({ error }) => error)).toEqual([undefined, undefined]);
    const titles = runs.map(({ title }) => title);
    expect(both.flatMap(({ done }) => done).toSorted()).toEqual(titles);
    for (const { done, reused } of both) expect([...done, ...reused].toSorted()).toEqual(titles);
  });

  test("share the beginnings of runs, too", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const threshold = await loadThreshold("constant");
    const branches = [2, 3].map((start) => {
      const { config } = withRelabelling({ config: configFor(data), data }, threshold, start);
      return planRun({
        title: `from ${start}`,
        config,
        data,
        after: [],
        thresholdSpec: "constant",
      });
    });
    const trunk = planRun({ title: "given", config: configFor(data), data, after: [] });
    const runs = [...branches, trunk];
    const both = await Promise.all([execute(runs, folder), execute(runs, folder)]);
    expect(both.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(both.flatMap(({ done }) => done).toSorted()).toEqual(["from 2", "from 3", "given"]);
  });
});

describe("a run that another process trains", busy, () => {
  const here = `process ${process.pid} on host `;

  test("is waited for, while others train, and then goes on", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const runs = [plain(1), plain(2), plain(3)];
    const lock = await takeLock(folder, runs[0]!.id);
    const onDone = ({ title }: { title: string }) => {
      if (title === "seed 3") void lock.release();
    };
    const { error, started, waits } = await execute(runs, folder, { onDone });
    expect(error).toBeUndefined();
    expect(started.at(-1)).toBe("seed 1");
    expect(waits).toEqual([expect.stringContaining(`seed 1: ${here}`)]);
    expect(await unfinished(runs, folder)).toEqual([]);
  });

  test("and finishes is used as it is", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const run = plain(1);
    const lock = await takeLock(folder, run.id);
    const other = async () => {
      await setTimeout(50);
      await train({ ...run, data }, folder);
      await lock.release();
    };
    const [{ error, reused, started }] = await Promise.all([execute([run], folder), other()]);
    expect({ error, reused, started }).toEqual({
      error: undefined,
      reused: ["seed 1"],
      started: [],
    });
  });

  test("is refused with --no-wait, and the others are trained", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const runs = [plain(1), plain(2)];
    const lock = await takeLock(folder, runs[0]!.id);
    onTestFinished(() => lock.release());
    const { error, waits } = await execute(runs, folder, { wait: false });
    expect(failures(error)).toEqual([["seed 1", expect.stringContaining(`found ${here}`)]]);
    expect(waits).toEqual([]);
    expect(await unfinished(runs, folder)).toEqual(["seed 1"]);
  });

  test("is trained here once its lease has run out, also with --no-wait", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const run = plain(1);
    await mkdir(join(folder, run.id));
    await writeFile(join(folder, run.id, "lock"), "4711 another-machine\n");
    const locks = { beat: 50, lease: 200, poll: 20 };
    expect((await execute([run], folder, { wait: false, locks })).error).toBeUndefined();
    expect(await unfinished([run], folder)).toEqual([]);
  });
});
