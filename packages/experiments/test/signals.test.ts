/** @file A signal stops training so that it can go on; a second one ends the process at once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { describe, expect, onTestFinished, test } from "vitest";
import { listCheckpoints, stepOf } from "../src/runs/checkpoint-files.ts";
import { listRuns, openRun } from "../src/runs/run-folder.ts";
import { epochMetrics } from "../src/runs/result.ts";
import { openCheckpoint } from "../src/training/open-checkpoint.ts";
import { trainingStopped, stopSignals } from "../src/training/stop.ts";
import type { StopSignal } from "../src/training/stop.ts";

/** Trains in a process of its own and sends these signals, one right after another, after the first step. */
async function trainAndSend(runs: string, ...signals: readonly StopSignal[]) {
  const script = fileURLToPath(new URL("./fixtures/train-stoppable.ts", import.meta.url));
  const child = spawn(process.execPath, [script, runs], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const stderr = text(child.stderr);
  const exit = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(child.stdout, "data"), exit]);
  for (const signal of signals) child.kill(signal);
  const [code, killedBy] = await exit;
  return { code, killedBy, stderr: await stderr };
}

describe("a command that trains", () => {
  test.each(stopSignals)(
    "keeps its work at %s, and says how to go on",
    { timeout: 60_000 },
    async (signal) => {
      const runs = await temporaryFolder(onTestFinished);
      const { code, stderr } = await trainAndSend(runs, signal);
      const [, step] =
        /^stopped at (?:\w+): seed 0 after step (\d+)\. The same command goes on from there\.\n$/.exec(
          stderr,
        ) ?? [];
      expect({ code, stderr }).toEqual({
        code: 128 + constants.signals[signal],
        stderr: `stopped at ${signal}: seed 0 after step ${step}. The same command goes on from there.\n`,
      });
      const ids = await listRuns(runs); // no other run has begun
      expect(ids).toHaveLength(1);
      const checkpoints = await listCheckpoints(`${runs}/${ids[0]}`);
      expect(checkpoints.map((file) => stepOf(file))).toEqual([Number(step)]);
      expect(await filesBelow(`${runs}/${ids[0]}`)).not.toContain("lock");
      const opened = await openCheckpoint(openRun(runs, ids[0]!), { line: epochMetrics });
      expect(opened?.checkpoint.step).toBe(Number(step));
    },
  );

  test("takes two signals of a batch system as one", { timeout: 60_000 }, async () => {
    const runs = await temporaryFolder(onTestFinished);
    const { code, stderr } = await trainAndSend(runs, "SIGUSR1", "SIGTERM");
    // Both may arrive together; whichever is taken first is named.
    expect([128 + constants.signals.SIGUSR1, 128 + constants.signals.SIGTERM]).toContain(code);
    expect(stderr).toMatch(/^stopped at SIG(?:USR1|TERM): seed 0 after step \d+\./);
    const [id] = await listRuns(runs);
    expect(await listCheckpoints(`${runs}/${id}`)).toHaveLength(1);
    expect(await filesBelow(`${runs}/${id}`)).not.toContain("lock");
  });

  test(
    "ends at once at a second signal if one is the terminal's, and leaves nothing that is half",
    { timeout: 60_000 },
    async () => {
      const runs = await temporaryFolder(onTestFinished);
      const { code, killedBy, stderr } = await trainAndSend(runs, "SIGINT", "SIGTERM");
      // Both may arrive together; whichever is taken second ends the process.
      expect([code, stderr]).toEqual([null, ""]);
      expect(stopSignals).toContain(killedBy);
      const [id] = await listRuns(runs);
      const notices: string[] = [];
      await openCheckpoint(openRun(runs, id!), { line: epochMetrics }, (notice) =>
        notices.push(notice),
      );
      expect(notices).toEqual([]);
    },
  );
});

test("the line about a stop names every run, or says that none was training", () => {
  const runs = [
    { title: "RAF-DB, linear, seed 0", step: 812 },
    { title: "RAF-DB, linear, seed 1", step: 40 },
  ];
  expect(trainingStopped("SIGTERM", runs)).toMatchObject({
    message:
      "stopped at SIGTERM: RAF-DB, linear, seed 0 after step 812; RAF-DB, linear, seed 1 after step 40. The same command goes on from there.",
    exitCode: 143,
  });
  expect(trainingStopped("SIGINT", []).message).toBe(
    "stopped at SIGINT: between runs. The same command goes on from there.",
  );
});
