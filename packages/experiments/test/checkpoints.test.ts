/** @file Checkpoints of a run that trains: when they are written, how many are kept, and which is gone on from. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "@mvt/common";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { checkpointFile, oldCheckpoint } from "../src/runs/checkpoint-files.ts";
import type { CheckpointFile } from "../src/runs/checkpoint-files.ts";
import type { EpochMetrics } from "../src/runs/result.ts";
import type { RunFolder } from "../src/runs/run-folder.ts";
import { defaultCheckpoints, parseInterval } from "../src/training/checkpoint-policy.ts";
import type { CheckpointPolicy } from "../src/training/checkpoint-policy.ts";
import type { TrainingContext } from "../src/training/epoch-loop.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { folderOf, remains, train } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";

/** Four epochs of three steps. */
const run: TinyRun = (() => {
  const model = { ...tinyConfig.model, classes: 3 };
  return { config: { ...tinyConfig, model }, data: tinyData(model) };
})();
const pathOf = (runs: string) => dirname(folderOf(run, runs).path("result.json"));

/** Nothing but what is due within epochs. */
const every = (steps: number, keep = 2): CheckpointPolicy => ({
  every: { steps },
  keep,
  apart: Infinity,
});

/** Trains until step `last` is taken, then fails as at a defect: what is written is all that is left. */
async function trainUntil(
  last: number,
  runs: string,
  context: Partial<TrainingContext<EpochMetrics>>,
): Promise<readonly string[]> {
  let steps = 0;
  const onStep = () => {
    steps += 1;
    if (steps === last) throw new Error("killed");
  };
  await expect(train(run, runs, { ...context, onStep })).rejects.toThrow("killed");
  return (await readdir(pathOf(runs))).filter((name) => name.startsWith("checkpoint"));
}

/** Goes on to the end; returns what was told, and the first step that was trained again. */
async function goOn(runs: string) {
  const notices: string[] = [];
  let first: string | undefined;
  await train(run, runs, {
    onNotice: (notice) => notices.push(notice),
    onStep: (epoch, done) => {
      first ??= `epoch ${epoch}, ${done} images`;
    },
  });
  return { notices, first };
}

let expected: Awaited<ReturnType<typeof remains>>;
beforeAll(async () => {
  const whole = await makeFolder();
  await train(run, whole);
  expected = await remains(pathOf(whole));
  return () => removeFolder(whole);
});

describe("--checkpoint-every", () => {
  test("takes steps, minutes or epoch, and refuses what is none", () => {
    expect(parseInterval("200steps")).toEqual({ steps: 200 });
    expect(parseInterval("1 step")).toEqual({ steps: 1 });
    expect(parseInterval("0.5min")).toEqual({ minutes: 0.5 });
    expect(parseInterval("epoch")).toBe("epoch");
    expect(parseInterval(defaultCheckpoints.every)).toEqual({ minutes: 5 });
    for (const text of ["", "200", "0steps", "0min", "1.5steps", "-1min", "5hours", "epochs"]) {
      expect(() => parseInterval(text)).toThrow(
        `--checkpoint-every ${text}: expected a whole number of steps, minutes, or epoch`,
      );
    }
  });
});

describe("a run that trains", () => {
  test("writes a checkpoint after so many steps, and keeps the last ones", async () => {
    const runs = await temporaryFolder(onTestFinished);
    expect(await trainUntil(11, runs, { checkpoints: every(2, 3) })).toEqual(
      [6, 8, 10].map(checkpointFile),
    );
  });

  test("loses at most so many steps, and ends with the same bytes", async () => {
    for (const last of [1, 6, 7]) {
      const runs = await temporaryFolder(onTestFinished);
      await trainUntil(last, runs, { checkpoints: every(2) });
      const again = { 1: "epoch 1, 8 images", 6: "epoch 2, 16 images", 7: "epoch 3, 8 images" };
      expect(await goOn(runs)).toEqual({ notices: [], first: again[last as keyof typeof again] });
      expect(await remains(pathOf(runs))).toEqual(expected);
    }
  });

  test("writes one when its minutes are over", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const policy = (minutes: number) => ({ every: { minutes }, keep: 2, apart: Infinity });
    expect(await trainUntil(11, runs, { checkpoints: policy(60) })).toEqual([]);
    expect(await trainUntil(11, runs, { checkpoints: policy(1e-9) })).not.toEqual([]);
  });

  test("writes none at the end of an epoch that comes soon, unless another run needs it", async () => {
    const [soon, needed] = [
      await temporaryFolder(onTestFinished),
      await temporaryFolder(onTestFinished),
    ];
    const checkpoints = { every: "epoch", keep: 2, apart: Infinity } as const;
    expect(await trainUntil(11, soon, { checkpoints })).toEqual([]);
    const told: (CheckpointFile | undefined)[] = [];
    const left = await trainUntil(11, needed, {
      checkpoints,
      needsCheckpoint: (epochs) => epochs === 2,
      onCheckpoint: async (_epochs, _over, file) => void told.push(file),
    });
    expect(left).toEqual([checkpointFile(6)]);
    expect(told).toEqual([undefined, checkpointFile(6), undefined]);
  });

  test("hands on no checkpoint of another epoch when it goes on within one", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await trainUntil(8, runs, { checkpoints: every(7) });
    const told: unknown[] = [];
    const onCheckpoint = async (epochs: number, _over: boolean, file?: CheckpointFile) =>
      void told.push([epochs, file]);
    await train(run, runs, { checkpoints: every(7), onCheckpoint });
    expect(told).toEqual([
      [2, undefined],
      [3, undefined],
      [4, checkpointFile(12)],
    ]);
  });

  test("leaves no checkpoint when it is finished", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await train(run, runs, { checkpoints: every(1, 5) });
    expect((await readdir(pathOf(runs))).filter((name) => /checkpoint|tmp/.test(name))).toEqual([]);
    expect(await remains(pathOf(runs))).toEqual(expected);
  });

  test("ends with the reason when a checkpoint cannot be written", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const folder = folderOf(run, runs);
    const elsewhere: RunFolder = {
      ...folder,
      // Below a file, where nothing can be.
      writeDurably: (file, parts) => folder.writeDurably(`config.json/${file}` as never, parts),
    };
    let steps = 0;
    const attempt = train(run, runs, {
      run: elsewhere,
      checkpoints: every(2),
      onStep: () => void (steps += 1),
    });
    await expect(attempt).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(steps).toBeLessThan(12);
  });
});

describe("a run whose newest checkpoint is damaged", () => {
  const damage = async (runs: string, ...steps: readonly number[]) => {
    for (const step of steps) {
      const path = folderOf(run, runs).path(checkpointFile(step));
      const bytes = await readFile(path);
      bytes[bytes.length - 5]! ^= 1;
      await writeFile(path, bytes);
    }
  };
  const reason = "expected a checkpoint as it was written, got one whose checksum differs";

  test("goes on from the one before, and says what is lost", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await trainUntil(9, runs, { checkpoints: every(4) });
    await damage(runs, 8);
    expect(await goOn(runs)).toEqual({
      notices: [
        `checkpoint-000000008.safetensors is damaged (${reason}); going on from checkpoint-000000004.safetensors, 4 steps earlier`,
      ],
      first: "epoch 2, 16 images",
    });
    expect(await remains(pathOf(runs))).toEqual(expected);
  });

  test("begins again if none is whole, and says so", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await trainUntil(9, runs, { checkpoints: every(4) });
    await damage(runs, 8);
    await writeFile(folderOf(run, runs).path(checkpointFile(4)), "cut");
    expect(await goOn(runs)).toEqual({
      notices: [
        `checkpoint-000000008.safetensors is damaged (${reason}); none is whole, so the run begins again`,
        "checkpoint-000000004.safetensors is damaged (expected a safetensors file of at least 8 bytes, got 3 bytes); none is whole, so the run begins again",
      ],
      first: "epoch 1, 8 images",
    });
    expect(await remains(pathOf(runs))).toEqual(expected);
  });

  test("does not go on from a file of another step, or of another network", async () => {
    const [runs, others] = [
      await temporaryFolder(onTestFinished),
      await temporaryFolder(onTestFinished),
    ];
    await trainUntil(3, runs, { checkpoints: every(2) });
    const bytes = await readFile(folderOf(run, runs).path(checkpointFile(2)));
    await writeFile(folderOf(run, runs).path(checkpointFile(7)), bytes);
    const { notices } = await goOn(runs);
    expect(notices).toEqual([
      "checkpoint-000000007.safetensors is damaged (expected the state after 7 steps, got that after 2); going on from checkpoint-000000002.safetensors, 5 steps earlier",
    ]);
    const { config } = run;
    const wider = { ...run, config: { ...config, model: { ...config.model, width: 24 } } };
    await mkdir(dirname(folderOf(wider, others).path("result.json")), { recursive: true });
    await writeFile(folderOf(wider, others).path(checkpointFile(2)), bytes);
    const told: string[] = [];
    await train(wider, others, { onNotice: (notice) => told.push(notice) });
    expect(told).toEqual([expect.stringMatching(/^checkpoint-000000002.* is damaged \(expected /)]);
  });
});

describe("a run folder of an earlier version, or of another hand", () => {
  test("has its old checkpoint removed, with a word, and begins again", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await mkdir(pathOf(runs), { recursive: true });
    await writeFile(`${pathOf(runs)}/${oldCheckpoint}`, "as it was");
    expect(await goOn(runs)).toEqual({
      notices: [
        "checkpoint.safetensors is of an earlier version, which cannot be gone on from; removed",
      ],
      first: "epoch 1, 8 images",
    });
    expect(await readdir(pathOf(runs))).not.toContain(oldCheckpoint);
  });

  test.each([
    [
      checkpointFile(2),
      "expected a regular file, found a folder. Name a file, or put one in its place.",
    ],
    [oldCheckpoint, "expected a checkpoint, found a folder. Move it away."],
  ])("is refused if %s is a folder, which is left alone", async (name, finding) => {
    const runs = await temporaryFolder(onTestFinished);
    const path = `${pathOf(runs)}/${name}`;
    await mkdir(path, { recursive: true });
    const attempt = goOn(runs);
    await expect(attempt).rejects.toThrow(UserError);
    await expect(attempt).rejects.toThrow(`${path}: ${finding}`);
    expect(await readdir(pathOf(runs))).toContain(name);
  });
});
