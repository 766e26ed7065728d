/** @file `pnpm exp evaluate` of runs with masks, as a user would run it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openRun, listRuns } from "../src/runs/run-folder.ts";
import { runCommand } from "@mvt/testing/command-line";
import { drawFaces } from "./fixtures/faces.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";

const slow = { tags: ["slow"] };
const data = "--scale smoke --data data".split(" ");

/** A folder with data/raf-db, and the runs of Table 3. */
let folder: string;

beforeAll(async () => {
  folder = await makeFolder();
  await drawFaces(join(folder, "data"), "raf-db");
  await runCommand(["table3", "--datasets", "raf-db", "--out", "out", ...data], folder);
  return () => removeFolder(folder);
}, 60_000);

async function runsWhere(holds: (config: string) => boolean): Promise<readonly string[]> {
  const runs = join(folder, "runs");
  const ids = await listRuns(runs);
  const configs = await Promise.all(
    ids.map((id) => readFile(openRun(runs, id).path("config.json"), "utf8")),
  );
  return ids.filter((_, i) => holds(configs[i]!));
}

describe("evaluate", () => {
  test("gives a classifier the masks that it was trained with", slow, async () => {
    const masked = await runsWhere((config) => config.includes('"mgn": {'));
    expect(masked).toHaveLength(2);
    for (const id of masked) {
      const args = ["evaluate", "--run", id, "--out", "predictions.csv", ...data];
      expect(await runCommand(args, folder)).toMatchObject({ exitCode: 0 });
      expect(await readFile(join(folder, "predictions.csv"), "utf8")).toBe(
        await readFile(join(folder, "runs", id, "predictions.csv"), "utf8"),
      );
    }
  });

  test("measures the answers anew as it measures those that the run left", slow, async () => {
    const [id] = await runsWhere((config) => config.includes('"mgn": {'));
    const evaluate = ["evaluate", "--run", id!, "--resamples", "200"];
    await runCommand([...evaluate, "--report", "anew", ...data], folder);
    await runCommand([...evaluate, "--report", "stored", "--stored"], folder);
    const measures = async (report: string) =>
      (await readFile(join(folder, report, "evaluation.csv"), "utf8"))
        .split("\n")
        // But for the share of wrong training labels, which only the data set itself knows.
        .map((line) => line.replace(/,synthetic,[\d.]*,/, ",synthetic,,"));
    expect(await measures("anew")).toEqual(await measures("stored"));
    expect(await readFile(join(folder, "anew/confusion.csv"), "utf8")).toContain(id);
  });

  test("refuses a mask generator, which answers nothing", slow, async () => {
    const [id] = await runsWhere((config) => config.includes('"kind": "mgn"'));
    expect(await runCommand(["evaluate", "--run", id!, ...data], folder)).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `error: run ${id}: expected a classifier, found a mask generator. Evaluate a classifier that it masks.\n`,
    });
  });
});
