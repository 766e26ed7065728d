/** @file --quiet, --verbose, and what is written into a pipe and what onto a terminal. */
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import { temporaryFolder } from "@mvt/testing/folder";
import { refuses } from "@mvt/testing/mistakes";
import { describe, expect, onTestFinished, test } from "vitest";
import { say } from "../src/cli/messages.ts";
import type { Verbosity } from "../src/cli/messages.ts";
import { createProgress } from "../src/cli/progress.ts";
import type { PlannedRun } from "../src/runs/planned-run.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const run = {
  id: "0123456789ab",
  title: "RAF-DB, linear, seed 0",
  config: tinyConfig,
  data: { train: { rows: new Int32Array(40) } },
} as never as PlannedRun;

/** All that progress writes while a run trains an epoch and another fails. */
function progressOf(verbosity: Verbosity, isTTY: boolean): string {
  let written = "";
  const write = (text: string) => (written += text);
  const progress = createProgress({ isTTY, columns: 120, write }, verbosity);
  progress.expect({ missing: [run], shared: new Map() });
  progress.onDraw("90 synthetic raf-db faces");
  progress.onStart(run);
  progress.onStep(run, 1, 40, 40);
  progress.onEpoch(run, "epoch 1/4");
  progress.onFail(run, "the disk is full");
  progress.end();
  return written;
}

const escape = "\u001B";
const failure = "RAF-DB, linear, seed 0: failed (run 0123456789ab): the disk is full\n";

describe("quiet progress", () => {
  test("tells of nothing but a failure, also on a terminal", () => {
    expect(progressOf("quiet", false)).toBe(failure);
    expect(progressOf("quiet", true).replaceAll("\r\u001B[2K", "")).toBe(failure);
  });
});

describe("verbose progress", () => {
  test("keeps a line per epoch on a terminal, which else shows one line that changes", () => {
    expect(progressOf("verbose", true)).toMatch(/seed 0: epoch 1\/4 .*\n/);
    expect(progressOf("normal", true)).not.toMatch(/seed 0: epoch 1\/4 .*\n/);
  });

  test("begins every line with the seconds since the start", () => {
    for (const line of progressOf("verbose", false).trimEnd().split("\n")) {
      expect(line).toMatch(/^ *\d+\.\d s {2}\S/);
    }
  });

  test("has no escape codes in a pipe", () => {
    expect(progressOf("verbose", false)).not.toContain(escape);
    let written = "";
    say("\u001B[31mred", { write: (text) => (written += text) }, "normal");
    expect(written).toBe("\\x1b[31mred\n");
  });
});

describe("a command", () => {
  const colours = { FORCE_COLOR: "3", CLICOLOR_FORCE: "1", COLORTERM: "truecolor" };

  /** A folder with data and a finished run, and its id. */
  async function prepared() {
    const folder = await temporaryFolder(onTestFinished);
    await drawFaces(join(folder, "data"), "raf-db");
    const answers = predictionsOf(["a fear fear", "b fear anger"], ["fear", "anger"]);
    return { folder, id: await writeRun(join(folder, "runs"), tinyConfig, answers) };
  }

  test("writes no escape codes into a pipe, whatever the environment says of colours", async () => {
    const { folder, id } = await prepared();
    for (const args of [
      ["--help"],
      ["frobnicate"],
      ["runs", "list"],
      ["evaluate", "--run", id, "--stored", "--resamples", "10"],
      ["table2", "--scale", "smoke", "--datasets", "raf-db", "--data", "data", "--plan"],
    ]) {
      const { stdout, stderr } = await runCommand(args, folder, colours);
      expect(stdout + stderr).not.toContain(escape);
      expect(stdout + stderr).not.toBe("");
    }
  }, 120_000);

  test("that is quiet writes the same results, and nothing on stderr", async () => {
    const { folder, id } = await prepared();
    const args = ["evaluate", "--run", id, "--stored", "--resamples", "10", "--report", "out"];
    const loud = await runCommand(args, folder);
    expect(loud.stderr).toBe(
      "wrote evaluation.md, evaluation.csv, evaluation.html, confusion.csv in out\n",
    );
    expect(await runCommand([...args, "--quiet"], folder)).toEqual({ ...loud, stderr: "" });
  }, 60_000);

  test("that is quiet still writes its error", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const { exitCode, stderr } = await runCommand(["runs", "show", "3f2a", "--quiet"], folder);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: run 3f2a: /);
  }, 30_000);

  test("that is verbose names its version and Node, and where an error was thrown", async () => {
    const folder = await temporaryFolder(onTestFinished);
    const args = ["runs", "show", "3f2a"];
    const { stderr } = await runCommand([...args, "--verbose"], folder);
    expect(stderr).toMatch(/^ *\d+\.\d s {2}mvt \d+\.\d+\.\d+, commit .+; Node \d+\./);
    expect(stderr).toMatch(/\n *\d+\.\d s {6}at findRun /);
    expect((await runCommand(args, folder)).stderr).not.toMatch(/ at findRun /);
  }, 30_000);

  refuses([
    {
      what: "refuses to be both quiet and verbose",
      args: "runs list --quiet --verbose",
      exitCode: 2,
      stderr: "--quiet and --verbose: expected one of them, got both.",
    },
  ]);
});
