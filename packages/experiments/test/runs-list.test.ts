/** @file `runs list` and `runs remove`: what sets runs apart, filters, order, JSON, and which runs depend on which. */
import { runId } from "@mvt/experiments";
import { runCommand } from "@mvt/testing/command-line";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { chooseRuns, parseWhere } from "../src/cli/list-runs.ts";
import { dependentsOf, readRunFacts, runsListJson, whatDiffers } from "../src/runs/run-facts.ts";
import type { RunFacts } from "../src/runs/run-facts.ts";
import { openRun } from "../src/runs/run-folder.ts";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const withRate = (learningRate: number): ClassifierConfig => ({
  ...tinyConfig,
  training: {
    ...tinyConfig.training,
    schedule: { ...tinyConfig.training.schedule, learningRate },
  },
});
const classes = ["surprise", "fear"];
const right = predictionsOf(["a surprise surprise", "b fear fear"], classes);
const half = predictionsOf(["a surprise surprise", "b fear surprise"], classes);

const fact = (id: string, known: Partial<RunFacts>): RunFacts => ({
  id,
  state: "finished",
  title: "a run",
  differs: [],
  uses: [],
  ...known,
});

describe("the facts of runs", () => {
  test("name the settings that set runs of one title apart, and no others", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await writeRun(runs, withRate(1e-4), right);
    await writeRun(runs, withRate(3e-4), half);
    await writeRun(runs, { ...withRate(1e-4), seed: 1 }, half);
    const facts = await readRunFacts(runs);
    const shown = facts.map(({ title, differs, accuracy }) => [title, differs, accuracy]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ["a run, seed 0", ["training.schedule.learningRate=0.0001"], 1],
        ["a run, seed 0", ["training.schedule.learningRate=0.0003"], 0.5],
        ["a run, seed 1", [], 0.5],
      ]),
    );
  });

  test("tell why a run ended before its last epoch", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const training = { ...tinyConfig.training, epochs: 9 };
    const id = await writeRun(runs, { ...tinyConfig, training }, half);
    const run = openRun(runs, id);
    const result = JSON.parse(String(await run.read("result.json"))) as object;
    await run.write("result.json", JSON.stringify({ ...result, stopped: "stopped after epoch 4" }));
    expect(await readRunFacts(runs)).toMatchObject([
      { epoch: 4, epochs: 9, stopped: "stopped after epoch 4" },
    ]);
    const { stdout } = await runCommand(["runs", "list", "--runs", runs], runs);
    expect(stdout).toContain("50.00 % (1/2); stopped after epoch 4");
  });

  test("tell how far an unfinished run is", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const id = await writeRun(runs, tinyConfig);
    await openRun(runs, id).write("metrics.jsonl", "{}\n{}\n");
    expect(await readRunFacts(runs)).toMatchObject([
      { id, state: "unfinished", title: "RAF-DB, classifier, seed 0", epoch: 2, epochs: 4 },
    ]);
  });

  test("tell a damaged run from others", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await openRun(runs, "0123456789ab").write("result.json", "{");
    expect(await readRunFacts(runs)).toMatchObject([{ id: "0123456789ab", state: "damaged" }]);
  });

  test("name the runs that depend on one", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const start = await writeRun(runs, tinyConfig, right);
    const user = await writeRun(
      runs,
      { ...tinyConfig, seed: 1, pretrained: { run: start } },
      right,
    );
    expect((await dependentsOf(runs, start)).map(({ id }) => id)).toEqual([user]);
    expect(await dependentsOf(runs, user)).toEqual([]);
  });

  test("leave a value out where every run has it", () => {
    const differing = whatDiffers([
      { title: "a", config: tinyConfig },
      { title: "a", config: { ...tinyConfig, seed: 1 } },
      { title: "b", config: withRate(1) },
    ]);
    expect(differing).toEqual([["seed=0"], ["seed=1"], []]);
  });
});

describe("a list of runs", () => {
  const runs = [
    fact("1", { dataset: "raf-db", accuracy: 0.5, date: "2026-01-02T00:00:00.000Z" }),
    fact("2", { dataset: "ferplus", accuracy: 0.9, date: "2026-01-01T00:00:00.000Z" }),
    fact("3", { dataset: "raf-db", state: "unfinished" }),
    fact("4", { dataset: "raf-db", accuracy: 0.7, date: "2026-01-03T00:00:00.000Z" }),
  ];
  const ids = (where: readonly string[], sort: "date" | "accuracy" | "id") =>
    chooseRuns(runs, { where, sort }).map(({ id }) => id);

  test("begins with the newest, and ends with runs that have no date", () => {
    expect(ids([], "date")).toEqual(["4", "1", "2", "3"]);
  });

  test("begins with the most accurate, if it is sorted so", () => {
    expect(ids([], "accuracy")).toEqual(["2", "4", "1", "3"]);
  });

  test("has only runs that meet every condition", () => {
    expect(ids(["dataset=raf-db", "state=finished"], "id")).toEqual(["1", "4"]);
  });

  test("refuses a condition on what runs do not have", () => {
    expect(() => parseWhere("datset=raf-db")).toThrow(
      '--where datset=raf-db: expected KEY=VALUE, such as dataset=raf-db. Did you mean "dataset"? Keys: id, state,',
    );
  });
});

describe("the command line", () => {
  test("lists runs as JSON of the documented shape, and removes none unasked", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const runs = join(folder, "runs");
    const start = await writeRun(runs, tinyConfig, right);
    const user = await writeRun(
      runs,
      { ...tinyConfig, seed: 1, pretrained: { run: start } },
      right,
    );
    expect(start).toBe(runId(tinyConfig));
    const { stdout } = await runCommand(["runs", "list", "--json", "--sort", "seed"], folder);
    expect(runsListJson.parse(JSON.parse(stdout)).map(({ id }) => id)).toEqual([start, user]);

    const before = await filesBelow(folder);
    const needed = await runCommand(["runs", "remove", start], folder);
    expect(needed).toMatchObject({
      exitCode: 1,
      stderr: `error: runs remove ${start}: expected a run that no other depends on, found ${user} (a run, seed 1). Remove those first, or add --yes.\n`,
    });
    const unasked = await runCommand(["runs", "remove", user.slice(0, 6)], folder);
    expect(unasked).toMatchObject({
      exitCode: 2,
      stderr: `error: runs remove ${user}: expected a terminal on which to ask, got none. Add --yes to remove the run without a question.\n`,
    });
    expect(await filesBelow(folder)).toEqual(before);
  }, 60_000);
});
