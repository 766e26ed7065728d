/** @file `runs repair` keeps what is whole, and sets aside what cannot be kept; nothing of a run is lost. */
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@mvt/common";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { repairRun } from "../src/runs/repair.ts";
import type { RepairOptions } from "../src/runs/repair.ts";
import { openRun } from "../src/runs/run-folder.ts";
import type { RunFile } from "../src/runs/run-folder.ts";
import { trainedClassifier } from "./fixtures/trained-runs.ts";

let original: string;
let id: string;
let predictions: string;

beforeAll(async () => {
  original = await makeFolder();
  const run = await trainedClassifier(original);
  id = run.id;
  predictions = String(await run.read("predictions.csv"));
  return () => removeFolder(original);
});

/** A folder of runs with a copy of the trained one. */
async function copied(): Promise<string> {
  const runs = await temporaryFolder(onTestFinished);
  await cp(join(original, id), join(runs, id), { recursive: true });
  return runs;
}

const noData = () => Promise.reject(new UserError("expected the data, found others"));

function repair(runsFolder: string, options: Partial<RepairOptions> = {}) {
  return repairRun(id, { runsFolder, dryRun: false, remake: noData, ...options });
}

/** Flips a bit in the middle of a file. */
async function damage(runs: string, file: RunFile): Promise<void> {
  const path = openRun(runs, id).path(file);
  const bytes = await readFile(path);
  // In the middle of the manifest is a checksum: another one would blame the file that it is of.
  bytes[file === "manifest.json" ? 0 : bytes.length >> 1]! ^= 1;
  await writeFile(path, bytes);
}

describe("the repair of a run", () => {
  test("does nothing to one that is whole", async () => {
    const runs = await copied();
    expect(await repair(runs)).toEqual({ lines: [], open: false });
    expect(await readdir(join(runs, id))).toEqual(await readdir(join(original, id)));
  });

  test("clears what killed processes left, and what only an unfinished run needs", async () => {
    const runs = await copied();
    const lefts = ["checkpoint-000000003.safetensors", "made-by.jsonl", "result.json.0815.tmp"];
    for (const name of lefts) await writeFile(join(runs, id, name), "");
    await writeFile(join(runs, id, "notes.txt"), "of the user");
    const would = await repair(runs, { dryRun: true });
    expect(would.lines).toEqual(lefts.map((name) => `would remove the left-over ${name}`));
    expect(await readdir(join(runs, id))).toEqual(expect.arrayContaining(lefts));
    expect((await repair(runs)).lines).toEqual(
      lefts.map((name) => `removed the left-over ${name}`),
    );
    expect(await readdir(join(runs, id))).toEqual(
      [...(await readdir(join(original, id))), "notes.txt"].toSorted(),
    );
  });

  test("leaves an unfinished one its checkpoint", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await mkdir(join(runs, id));
    for (const name of ["checkpoint-000000003.safetensors", "metrics.jsonl.1.tmp"]) {
      await writeFile(join(runs, id, name), "");
    }
    expect((await repair(runs)).lines).toEqual(["removed the left-over metrics.jsonl.1.tmp"]);
    expect(await readdir(join(runs, id))).toEqual(["checkpoint-000000003.safetensors"]);
  });

  test("makes damaged predictions again, where the weights give what the run wrote", async () => {
    const runs = await copied();
    await damage(runs, "predictions.csv");
    expect((await repair(runs, { dryRun: true })).lines).toEqual([
      "would make predictions.csv again from the run's weights",
    ]);
    const asked: string[] = [];
    const remake: RepairOptions["remake"] = (run, file) => {
      asked.push(`${run.id} ${file}`);
      return Promise.resolve(predictions);
    };
    expect(await repair(runs, { remake })).toEqual({
      lines: ["made predictions.csv again from the run's weights"],
      open: false,
    });
    expect(asked).toEqual([`${id} predictions.csv`]);
    expect(String(await openRun(runs, id).read("predictions.csv"))).toBe(predictions);
    expect((await repair(runs)).lines).toEqual([]);
  });

  test("makes a damaged or missing metrics.csv again, without any data", async () => {
    const runs = await copied();
    const path = openRun(runs, id).path("metrics.csv");
    const whole = await readFile(path, "utf8");
    await damage(runs, "metrics.csv");
    expect((await repair(runs, { dryRun: true })).lines).toEqual([
      "would make metrics.csv again from the run's metrics.jsonl",
    ]);
    const made = { lines: ["made metrics.csv again from the run's metrics.jsonl"], open: false };
    expect(await repair(runs)).toEqual(made);
    expect(await readFile(path, "utf8")).toBe(whole);
    await rm(path);
    expect(await repair(runs)).toEqual(made);
    expect(await readFile(path, "utf8")).toBe(whole);
  });

  test("never puts other predictions in their place", async () => {
    const runs = await copied();
    await damage(runs, "predictions.csv");
    const damagedBytes = await readFile(openRun(runs, id).path("predictions.csv"));
    const other = predictions.replace(/0\.\d{5}/, "0.00000");
    const { lines, open } = await repair(runs, { remake: () => Promise.resolve(other) });
    expect(open).toBe(true);
    expect(lines).toEqual([expect.stringContaining("give another content here than it wrote")]);
    expect(await readFile(openRun(runs, id).path("predictions.csv"))).toEqual(damagedBytes);
  });

  test("asks for the data if they are not at hand", async () => {
    const runs = await copied();
    await damage(runs, "predictions.csv");
    expect(await repair(runs)).toEqual({
      lines: ["predictions.csv is damaged and can be made again: expected the data, found others"],
      open: true,
    });
    expect(await readdir(runs)).toEqual([id]);
  });

  const others: readonly RunFile[] = [
    "config.json",
    "labels.csv",
    "labels.jsonl",
    "last.safetensors",
    "manifest.json",
    "metrics.jsonl",
    "result.json",
    "validation-best.safetensors",
  ];
  test.each(others)("sets one with a damaged %s aside, with all its files", async (file) => {
    const runs = await copied();
    await damage(runs, file);
    const before = await readdir(join(runs, id));
    const aside = join(runs, `${id}.damaged-1`);
    const [line] = (await repair(runs, { dryRun: true })).lines;
    expect(line).toMatch(/^would be set aside as /);
    expect(await readdir(runs)).toEqual([id]);
    const { lines, open } = await repair(runs);
    expect(open).toBe(false);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`set aside as ${aside}, so that the next command trains it again: `);
    expect(lines[0]).toContain(file);
    expect(await readdir(runs)).toEqual([`${id}.damaged-1`]);
    expect(await readdir(aside)).toEqual(before);
    expect(await openRun(runs, id).result()).toBeUndefined();
  });

  test("keeps every run that was set aside before", async () => {
    const runs = await copied();
    for (const number of [1, 2]) {
      await cp(join(original, id), join(runs, id), { recursive: true });
      await damage(runs, "last.safetensors");
      expect((await repair(runs)).lines[0]).toContain(`${id}.damaged-${number}, so that`);
    }
    expect(await readdir(runs)).toEqual([`${id}.damaged-1`, `${id}.damaged-2`]);
  });
});

test("the command says what it did to each run, and that nothing is left to mend", async () => {
  const folder = await temporaryFolder(onTestFinished);
  const runs = join(folder, "runs");
  await cp(original, runs, { recursive: true });
  await mkdir(join(runs, "0123456789ab"));
  await writeFile(join(runs, "0123456789ab/result.json"), "{");
  const lines = [
    `0123456789ab  set aside as ${join("runs", "0123456789ab.damaged-1")}`,
    `${id}  nothing to do`,
  ];
  const repaired = await runCommand(["runs", "repair"], folder);
  expect(repaired).toMatchObject({ exitCode: 0, stderr: "" });
  expect(repaired.stdout.trimEnd().split("\n")).toEqual(
    lines.map((line) => expect.stringContaining(line)),
  );
  const verified = await runCommand(["runs", "verify"], folder);
  expect(verified).toMatchObject({ exitCode: 0, stderr: "" });
  expect(verified.stdout).toMatch(new RegExp(`^${id}  verified: 9 files, \\d of 9 right\\n$`));
});

test(
  "the command makes predictions again with the data of the scale that the run recorded",
  { tags: ["slow"] },
  async () => {
    const folder = await temporaryFolder(onTestFinished);
    const train = "train --scale smoke --set epochs=2 --weights none --threads 1".split(" ");
    expect(await runCommand(train, folder)).toMatchObject({ exitCode: 0 });
    const runs = join(folder, "runs");
    const [name] = await readdir(runs);
    const path = join(runs, name!, "predictions.csv");
    const whole = await readFile(path, "utf8");
    await writeFile(path, whole.slice(0, 100));
    const refused = await runCommand(["evaluate", "--run", name!, "--stored"], folder);
    expect(refused.stderr).toContain("mend the run with `pnpm exp runs repair`");
    expect(await runCommand(["runs", "repair", "--threads", "1"], folder)).toMatchObject({
      exitCode: 0,
      stdout: `${name}  made predictions.csv again from the run's weights\n`,
    });
    expect(await readFile(path, "utf8")).toBe(whole);
  },
);
