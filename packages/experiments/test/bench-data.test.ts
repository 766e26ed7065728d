/** @file `pnpm exp bench-data`, on a handful of files. */
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "./fixtures/command-line.ts";
import { temporaryFolder } from "./fixtures/folder.ts";

const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("mvt-bench-"));

test("bench-data prints rate and memory of both storages, and leaves no file", async () => {
  const before = await left();
  const { exitCode, stdout } = await runCommand(
    "bench-data --files 12 --size 16 --batch 4 --threads 1".split(" "),
    await temporaryFolder(onTestFinished),
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain("12 JPEGs of 224x224, copies of 12 faces");
  const rate = String.raw`\d+\.\d s, \d+ images/s\n`;
  for (const [storage, opening] of [
    ["stream", "every picture tried"],
    ["memory", "decoded into memory"],
  ]) {
    expect(stdout).toMatch(
      new RegExp(
        String.raw`^${storage}\n  ${opening} +${rate}  epoch, augmented +${rate}  memory of the process +\d+ MiB before, \d+ MiB at most; .+(\d+ MiB, ){3}\d+ MiB$`,
        "m",
      ),
    );
  }
  expect(await left()).toEqual(before);
});
