/** @file Output that nobody reads or that cannot be written: training goes on, and lost results are an error. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryFolder } from "@mvt/testing/folder";
import { startCommand } from "@mvt/testing/command-line";
import { describe, expect, onTestFinished, test } from "vitest";
import { listRuns, openRun } from "../src/runs/run-folder.ts";
import { drawFaces } from "./fixtures/faces.ts";

const main = resolve(import.meta.dirname, "../../../apps/exp/src/main.js");

describe("a command", () => {
  test(
    "trains to the end after the readers of its output have gone",
    { tags: ["slow"] },
    async () => {
      const folder = await temporaryFolder(onTestFinished);
      await drawFaces(join(folder, "data"), "raf-db");
      const args = "train --scale smoke --data data --weights none --set epochs=2".split(" ");
      const command = startCommand(args, folder);
      onTestFinished(() => void command.kill("SIGKILL"));
      await once(command.stderr, "data");
      command.stderr.destroy();
      command.stdout.destroy();
      expect(await once(command, "exit")).toEqual([0, null]);
      const runs = join(folder, "runs");
      const ids = await listRuns(runs);
      expect(ids).toHaveLength(1);
      expect(await openRun(runs, ids[0]!).result()).toBeDefined();
    },
  );

  // Only Linux has a device that is always full.
  test.runIf(process.platform === "linux")(
    "says that its results are lost where stdout is a file on a full disk",
    async () => {
      const folder = await temporaryFolder(onTestFinished);
      const full = await open("/dev/full", "w");
      onTestFinished(() => full.close());
      const args = [main, "runs", "list"];
      const command = spawn(process.execPath, args, {
        cwd: folder,
        stdio: ["ignore", full.fd, "pipe"],
      });
      const [stderr, [exitCode]] = await Promise.all([
        text(command.stderr!),
        once(command, "close"),
      ]);
      expect({ stderr, exitCode: exitCode as number }).toEqual({
        stderr: "error: stdout: the disk is full (ENOSPC). The results are not complete there.\n",
        exitCode: 1,
      });
    },
  );
});
