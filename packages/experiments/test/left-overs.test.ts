/** @file What a process that was killed at the very end of a run leaves, and who clears it. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@mvt/testing/folder";
import { expect, onTestFinished, test } from "vitest";
import { tidyFinished } from "../src/runs/left-overs.ts";
import { withLock } from "../src/runs/lock.ts";

const id = "0123456789ab";
const leftOvers = ["checkpoint-000000003.safetensors", "made-by.jsonl", "manifest.json.0815.tmp"];

async function folderWith(...names: readonly string[]): Promise<string> {
  const runs = await temporaryFolder(onTestFinished);
  await mkdir(join(runs, id));
  for (const name of names) await writeFile(join(runs, id, name), "");
  return runs;
}

test("a finished run is cleared of its checkpoints, unfinished files", async () => {
  const runs = await folderWith("result.json", "notes.txt", ...leftOvers);
  const gone = { pid: 2 ** 22 - 1, host: "elsewhere", token: "0".repeat(32) };
  await tidyFinished(runs, id);
  expect(await readdir(join(runs, id))).toEqual(["notes.txt", "result.json"]);
  // Of another machine: it may be there, and the run is whole in any case.
  await writeFile(join(runs, id, "lock"), JSON.stringify({ beat: "0", ...gone }));
  await writeFile(join(runs, id, "made-by.jsonl"), "");
  await tidyFinished(runs, id);
  expect(await readdir(join(runs, id))).toContain("made-by.jsonl");
});

test("an unfinished run keeps what it goes on from", async () => {
  const runs = await folderWith(...leftOvers);
  await tidyFinished(runs, id);
  expect(await readdir(join(runs, id))).toEqual([
    "checkpoint-000000003.safetensors",
    "made-by.jsonl",
  ]);
});

test("a run that another process holds is left alone", async () => {
  const runs = await folderWith("result.json");
  await withLock(runs, id, async () => {
    for (const name of leftOvers) await writeFile(join(runs, id, name), "");
    await tidyFinished(runs, id);
    expect(await readdir(join(runs, id))).toEqual(expect.arrayContaining(leftOvers));
  });
});
