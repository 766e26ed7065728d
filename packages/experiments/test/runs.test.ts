/** @file Runs on disk: found again, never half-written. Their locks: `lock.test.ts`. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@mvt/common";
import { runId } from "@mvt/experiments";
import { describe, expect, onTestFinished, test } from "vitest";
import { removeUnfinished, writeWhole } from "@mvt/common/files";
import { isLockFile, takeLock } from "../src/runs/lock.ts";
import { planRun, planRuns } from "../src/runs/planned-run.ts";
import type { PlannedClassifier } from "../src/runs/planned-run.ts";
import type { RunResult } from "../src/runs/result.ts";
import { checkpointFile } from "../src/runs/checkpoint-files.ts";
import { findRun, listRuns, openRun, readConfig, removeRun } from "../src/runs/run-folder.ts";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { tinyConfig } from "./fixtures/run-config.ts";

const id = runId(tinyConfig);

const result: RunResult = {
  kind: "classifier",
  id,
  title: "RAF-DB, no relabelling, seed 0",
  seed: 0,
  epochs: 4,
  parameters: 1000,
  validation: { k: 20, n: 30, epoch: 3 },
  last: { k: 19, n: 30, epoch: 4 },
  bestOnTest: { k: 21, n: 30, epoch: 2 },
};

/** The message of a UserError, with the temporary folder shown as DIR. */
async function refusal(attempt: Promise<unknown>, folder: string): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message.replaceAll(folder, "DIR");
}

describe("a run's folder", () => {
  test("gives back what was written, and undefined for what was not", async () => {
    const run = openRun(await temporaryFolder(onTestFinished), id);
    await run.write("metrics.jsonl", "{}\n");
    expect(String(await run.read("metrics.jsonl"))).toBe("{}\n");
    expect(await run.read("predictions.csv")).toBeUndefined();
  });

  test("has a result only when the run is finished", async () => {
    const run = openRun(await temporaryFolder(onTestFinished), id);
    await run.write("config.json", JSON.stringify(tinyConfig));
    expect(await run.result()).toBeUndefined();
    await run.write("result.json", JSON.stringify(result));
    expect(await run.result()).toEqual(result);
  });

  test.each([
    ["cut short", JSON.stringify(result).slice(0, 40)],
    ["empty", ""],
    ["of another kind", "{}"],
    ["with an accuracy that can not be", JSON.stringify({ ...result, last: { k: 1, n: 0 } })],
  ])("names a result.json %s", async (_, json) => {
    const runs = await temporaryFolder(onTestFinished);
    await openRun(runs, id).write("result.json", json);
    expect(await refusal(openRun(runs, id).result(), runs)).toBe(
      `DIR/${id}/result.json: expected the result of a run, found something else. Remove the run's folder to train it again.`,
    );
  });

  test.each([
    [
      "of another run",
      { ...result, id: "0123456789ab" },
      `the result of run ${id}, found that of run 0123456789ab`,
    ],
    [
      "with more right than there are",
      { ...result, last: { k: 31, n: 30, epoch: 4 } },
      "the result of a run, found something else",
    ],
  ])("names a result.json %s", async (_, other, finding) => {
    const runs = await temporaryFolder(onTestFinished);
    await openRun(runs, id).write("result.json", JSON.stringify(other));
    expect(await refusal(openRun(runs, id).result(), runs)).toBe(
      `DIR/${id}/result.json: expected ${finding}. Remove the run's folder to train it again.`,
    );
  });

  test("keeps its configuration, whose hash is the folder's name", async () => {
    const run = openRun(await temporaryFolder(onTestFinished), id);
    await run.write("config.json", JSON.stringify(tinyConfig));
    expect(await readConfig(run)).toEqual(tinyConfig);
  });

  test.each([
    ["is missing", undefined],
    ["is no JSON", "{"],
    ["is of another run", JSON.stringify({ ...tinyConfig, seed: 1 })],
    ["has a format that is not known", JSON.stringify({ ...tinyConfig, format: 2 })],
  ])("names a config.json that %s", async (_, json) => {
    const runs = await temporaryFolder(onTestFinished);
    const run = openRun(runs, id);
    if (json !== undefined) await run.write("config.json", json);
    expect(await refusal(readConfig(run), runs)).toBe(
      `DIR/${id}/config.json: expected the configuration of run ${id}, found something else. Remove the run's folder to train it again.`,
    );
  });
});

describe("the folder of runs", () => {
  const [first, second, third] = ["3f2a00000001", "3f2b00000002", "aa0000000003"] as const;

  async function runsFolder(): Promise<string> {
    const runs = await temporaryFolder(onTestFinished);
    for (const name of [third, first, second, "notes", "3f2a"]) await mkdir(join(runs, name));
    await writeFile(join(runs, "000000000000"), "a file, not a run");
    return runs;
  }

  test("lists runs by id, and nothing else that lies there", async () => {
    expect(await listRuns(await runsFolder())).toEqual([first, second, third]);
  });

  test("has no runs where it does not exist", async () => {
    expect(await listRuns(join(await temporaryFolder(onTestFinished), "runs"))).toEqual([]);
  });

  test("finds a run by the beginning of its id, or by all of it", async () => {
    const runs = await runsFolder();
    expect((await findRun(runs, "3f2a")).id).toBe(first);
    expect((await findRun(runs, third)).id).toBe(third);
  });

  test("says that no id begins so", async () => {
    const runs = await runsFolder();
    expect(await refusal(findRun(runs, "ff"), runs)).toBe(
      "run ff: expected one run in DIR whose id begins so, found none. `pnpm exp runs list` shows all.",
    );
  });

  test("finds no run by nothing at all, not even the only one", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await mkdir(join(runs, first));
    expect(await refusal(findRun(runs, ""), runs)).toBe(
      "run: expected the beginning of a run's id, got nothing. `pnpm exp runs list` shows all.",
    );
  });

  test("says which ids begin so when there are several", async () => {
    const runs = await runsFolder();
    expect(await refusal(findRun(runs, "3f2"), runs)).toBe(
      "run 3f2: expected one run in DIR whose id begins so, found 3f2a00000001, 3f2b00000002. `pnpm exp runs list` shows all.",
    );
  });

  test("forgets a removed run and keeps the others", async () => {
    const runs = await runsFolder();
    await openRun(runs, first).write("result.json", JSON.stringify(result));
    await removeRun(runs, first, await takeLock(runs, first));
    expect(await listRuns(runs)).toEqual([second, third]);
  });
});

describe("an atomic write", () => {
  test("leaves nothing for good where it was killed: the next who has the lock clears it", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const kept = [checkpointFile(8), "lock.4877.1.2.tmp"];
    for (const name of [...kept, `${checkpointFile(16)}.4877.tmp`]) {
      await writeFile(join(folder, name), "");
    }
    await removeUnfinished(folder, isLockFile);
    expect(await filesBelow(folder)).toEqual(kept);
  });

  test("makes the folders it needs and leaves nothing but the file", async () => {
    const folder = await temporaryFolder(onTestFinished);
    await writeWhole(join(folder, "a/b/file"), "content");
    expect(await filesBelow(folder)).toEqual(["a/b/file"]);
  });

  test("leaves nothing of itself when it fails", async () => {
    const folder = await temporaryFolder(onTestFinished);
    await writeWhole(join(folder, "taken/file"), "content");
    await expect(writeWhole(join(folder, "taken"), "other")).rejects.toThrow("EISDIR");
    expect(await filesBelow(folder)).toEqual(["taken/file"]);
  });

  test("is seen whole or not at all by whoever reads meanwhile", async () => {
    const path = join(await temporaryFolder(onTestFinished), "file");
    const contents = ["a", "b"].map((letter) => letter.repeat(4 * 2 ** 20));
    await writeWhole(path, contents[0]!);
    const states: ("writing" | "written")[] = ["writing"];
    const writes = (async () => {
      for (let i = 1; i <= 10; i += 1) await writeWhole(path, contents[i % 2]!);
      states.push("written");
    })();
    while (states.at(-1) === "writing") {
      expect(contents.includes(await readFile(path, "utf8"))).toBe(true);
    }
    await writes;
  });
});

describe("planned runs", () => {
  const plan = (seed: number, after?: PlannedClassifier): PlannedClassifier =>
    planRun({
      title: `seed ${seed}`,
      config: { ...tinyConfig, ...(after ? { pretrained: { run: after.id } } : {}), seed },
      data: undefined as never, // ordering reads no data
      after: after ? [after] : [],
    });

  test("have the id of their configuration", () => {
    expect(plan(0).id).toBe(id);
  });

  test("come after the runs they start from, each once", async () => {
    const pretraining = plan(9);
    const [first, second] = [plan(0, pretraining), plan(1, pretraining)];
    const { needed } = await planRuns([first, second, first, pretraining], "no runs");
    expect(needed).toEqual([pretraining, first, second]);
  });

  test("come after a chain of runs, the beginning of it first", async () => {
    const first = plan(0);
    const second = plan(1, first);
    const third = plan(2, second);
    expect((await planRuns([third], "no runs")).needed).toEqual([first, second, third]);
  });

  test("with one configuration are one run, however often they are planned", async () => {
    const { needed } = await planRuns([plan(0), plan(1), plan(0)], "no runs");
    expect(needed.map((run) => run.title)).toEqual(["seed 0", "seed 1"]);
  });

  test("are unfinished until their result is there", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const [done, begun, missing] = [plan(0), plan(1), plan(2)];
    await openRun(runs, done.id).write("result.json", JSON.stringify(result));
    await openRun(runs, begun.id).write(checkpointFile(8), "");
    const planned = await planRuns([missing, done, begun], runs);
    expect(planned.missing).toEqual([missing, begun]);
  });
});
