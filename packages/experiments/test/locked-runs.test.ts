/** @file Commands that meet a run that somebody else has. */
import { mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { refuses } from "@mvt/testing/mistakes";
import { describe, expect, onTestFinished, test } from "vitest";
import { takeLock } from "../src/runs/lock.ts";

const id = "0123456789ab";

describe("`runs remove`", () => {
  test("removes no run that somebody trains, and names who does", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const lock = await takeLock(join(folder, "runs"), id);
    onTestFinished(() => lock.release());
    await writeFile(join(folder, "runs", id, "config.json"), "{}");
    expect(await runCommand(["runs", "remove", id, "--yes"], folder)).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `error: run ${id}: expected that nobody else uses it, found process ${process.pid} on host ${hostname()}. Wait for it, or end it.\n`,
    });
    expect(await filesBelow(folder)).toEqual([`runs/${id}/config.json`, `runs/${id}/lock`]);
  });

  test("removes one whose process is gone, with all that it left", async () => {
    const folder = await temporaryFolder(onTestFinished);
    await mkdir(join(folder, "runs", id), { recursive: true });
    await writeFile(join(folder, "runs", id, "checkpoint.safetensors"), "");
    expect(await runCommand(["runs", "remove", id, "--yes"], folder)).toMatchObject({
      exitCode: 0,
    });
    expect(await filesBelow(folder)).toEqual([]);
  });
});

describe("waiting", () => {
  refuses([
    {
      what: "and not waiting at once",
      args: "train --wait --no-wait",
      exitCode: 2,
      stderr: "--wait and --no-wait: expected one of them, got both.",
    },
    {
      what: "where nothing is trained",
      args: "labels --run 3f2a --no-wait",
      exitCode: 2,
      stderr:
        "--no-wait: expected --folds with it, since nothing is trained otherwise. Leave it out, or pass --folds 5.",
    },
  ]);
});
