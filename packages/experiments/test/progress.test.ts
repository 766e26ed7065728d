/** @file What a person sees while runs train, on a terminal and in a log. */
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createProgress, formatSeconds, imagesOf } from "../src/cli/progress.ts";
import { epochLine } from "../src/cli/run-summary.ts";
import type { PlannedRun } from "../src/runs/planned-run.ts";
import type { EpochMetrics } from "../src/runs/result.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

/** A run of two epochs over 40 images: all that progress reads of one. */
const run = {
  id: "0123456789ab",
  title: "RAF-DB, linear, seed 0",
  config: { ...tinyConfig, training: { ...tinyConfig.training, epochs: 2 } },
  data: { train: { rows: new Int32Array(40) } },
} as never as PlannedRun;

const metrics: EpochMetrics = {
  epoch: 1,
  learningRate: 1e-3,
  loss: 1.23456,
  train: { k: 10, n: 40 },
  relabelled: 3,
  validation: { k: 1, n: 3 },
  test: { k: 5, n: 10 },
  imagesPerSecond: 812,
};

/** Every text that is written, one entry per write; times left, which depend on the clock, as N. */
function terminal(isTTY: boolean, columns = 120) {
  const writes: string[] = [];
  const write = (text: string) => writes.push(text.replaceAll(/\d+ s left/g, "N s left"));
  return { isTTY, columns, write, writes };
}

/** Two epochs of one run, with a picture decoded before. */
function train(screen: ReturnType<typeof terminal>): readonly string[] {
  const progress = createProgress(screen);
  progress.onDraw("90 synthetic raf-db faces");
  progress.onDecode("RAF-DB", 16, 60);
  progress.expect({ missing: [run], shared: new Map() });
  progress.onStart(run);
  progress.onStep(run, 1, 16, 40);
  progress.onStep(run, 1, 40, 40);
  progress.onEpoch(run, epochLine(metrics, 2));
  progress.onStep(run, 2, 40, 40);
  progress.onEpoch(run, epochLine({ ...metrics, epoch: 2, relabelled: 0 }, 2));
  progress.onDone(run);
  progress.say("wrote table2.csv");
  return screen.writes;
}

/** Clears the line that the cursor is on. */
const clear = "\r\u001B[2K";

describe("progress in a log", () => {
  test("shows what a title holds, and does not send it to the terminal", () => {
    const screen = terminal(false);
    createProgress(screen).say("\u001B[2JRAF-DB\u0007: training");
    expect(screen.writes).toEqual([`${String.raw`\x1b[2JRAF-DB\x07`}: training\n`]);
  });

  test("is one plain line per event, without control characters", () => {
    expect(train(terminal(false)).join("")).toMatchInlineSnapshot(`
      "drawing 90 synthetic raf-db faces
      RAF-DB, linear, seed 0: training (run 0123456789ab)
      RAF-DB, linear, seed 0: epoch 1/2  loss 1.235  train 25.0%  validation 33.3%  relabelled 3  812 images/s  N s left
      RAF-DB, linear, seed 0: epoch 2/2  loss 1.235  train 25.0%  validation 33.3%  812 images/s  N s left
      wrote table2.csv
      "
    `);
  });

  test("does not mention steps and decoded pictures, which are many", () => {
    const text = train(terminal(false)).join("");
    expect(text).not.toContain("decoding");
    expect(text.split("\n")).toHaveLength(6);
  });

  test("ends without a trace", () => {
    const screen = terminal(false);
    const progress = createProgress(screen);
    progress.onDecode("RAF-DB", 16, 60);
    progress.end();
    expect(screen.writes).toEqual([]);
  });

  test("says which finished run is used again", () => {
    const screen = terminal(false);
    createProgress(screen).onReuse(run);
    expect(screen.writes).toEqual([
      "RAF-DB, linear, seed 0: finished already (run 0123456789ab)\n",
    ]);
  });
});

describe("progress of runs that others have, or that fail", () => {
  test("says for whom it waits, and what failed and why", () => {
    const screen = terminal(false);
    const progress = createProgress(screen);
    progress.onWait(run, "process 4711 on host gpu-1");
    progress.onFail(run, "the disk is full.");
    expect(screen.writes.join("")).toMatchInlineSnapshot(`
      "waiting for process 4711 on host gpu-1, which trains RAF-DB, linear, seed 0 (run 0123456789ab)
      RAF-DB, linear, seed 0: failed (run 0123456789ab): the disk is full.
      "
    `);
  });

  test("counts a run that another process has finished meanwhile", async () => {
    const screen = terminal(true);
    const progress = createProgress(screen);
    const other = { ...run, id: "ba9876543210" };
    progress.expect({ missing: [run, other], shared: new Map() });
    progress.onReuse(other);
    await setTimeout(120);
    progress.onStep(run, 1, 40, 40);
    expect(screen.writes.at(-1)).toContain("1/2 runs, N s left");
  });
});

describe("progress on a terminal", () => {
  test("is one line that changes, above it what stays", () => {
    const writes = train(terminal(true));
    expect(writes.every((text) => text.startsWith(clear))).toBe(true);
    const staying = writes
      .filter((text) => text.endsWith("\n"))
      .map((text) => text.replace(clear, ""));
    expect(staying.join("")).toMatchInlineSnapshot(`
      "drawing 90 synthetic raf-db faces
      RAF-DB, linear, seed 0: done, epoch 2/2  loss 1.235  train 25.0%  validation 33.3%  812 images/s
      wrote table2.csv
      "
    `);
  });

  test("shows the pictures decoded, then how many runs are done, the time left and each run", () => {
    const drawn = train(terminal(true)).filter((text) => !text.endsWith("\n"));
    expect(drawn.slice(0, 2).map((text) => text.replace(clear, ""))).toEqual([
      "decoding RAF-DB: 16 of 60",
      "0/1 runs, N s left  RAF-DB, linear, seed 0: starting",
    ]);
  });

  test("shows what a run's last epoch gave until the next one ends", async () => {
    const screen = terminal(true);
    const progress = createProgress(screen);
    progress.expect({ missing: [run], shared: new Map() });
    progress.onStart(run);
    progress.onEpoch(run, epochLine(metrics, 2));
    await setTimeout(120); // longer than between two drawings
    progress.onStep(run, 2, 40, 40);
    expect(screen.writes.at(-1)!.replace(clear, "")).toMatchInlineSnapshot(
      `"0/1 runs, N s left  RAF-DB, linear, seed 0: epoch 1/2  loss 1.235  train 25.0%  validation 33.3%  relabelled 3  812 ima"`,
    );
  });

  test("counts no epochs that another run trains", async () => {
    const screen = terminal(true);
    const progress = createProgress(screen);
    const trunk = { ...run, id: "ba9876543210" };
    const shared = new Map([[run.id, { trunk, branch: run, epochs: 1 }]]);
    progress.expect({ missing: [trunk, run], shared });
    await setTimeout(120);
    progress.onStep(trunk, 2, 40, 40); // both epochs of the one
    await setTimeout(120);
    progress.onStep(run, 2, 40, 40); // the only epoch of the other
    expect(screen.writes.at(-1)).toContain("0/2 runs, N s left");
    expect(imagesOf(run, shared)).toBe(imagesOf(run) / 2);
  });

  test("never fills the terminal's width, where a line would wrap and stay", () => {
    for (const text of train(terminal(true, 20)).filter((line) => !line.endsWith("\n"))) {
      expect(text.replace(clear, "").length).toBeLessThan(20);
    }
  });

  test("takes a terminal that does not know its width for one of 80 columns", () => {
    const drawn = train(terminal(true, 0)).filter((text) => !text.endsWith("\n"));
    const lengths = drawn.map((text) => text.replace(clear, "").length);
    expect(Math.max(...lengths)).toBeGreaterThan(30);
    expect(Math.max(...lengths)).toBeLessThan(80);
  });

  test("ends in an empty line, for what is written next", () => {
    const screen = terminal(true);
    const progress = createProgress(screen);
    progress.onDecode("RAF-DB", 16, 60);
    progress.end();
    expect(screen.writes.at(-1)).toBe(clear);
  });

  test("draws at most ten times a second", () => {
    const screen = terminal(true);
    const progress = createProgress(screen);
    progress.expect({ missing: [run], shared: new Map() });
    const start = performance.now();
    for (let done = 1; done <= 40; done += 1) progress.onStep(run, 1, done, 40);
    const tenths = Math.ceil((performance.now() - start) / 100);
    expect(screen.writes.length).toBeGreaterThan(0);
    expect(screen.writes.length).toBeLessThanOrEqual(1 + tenths);
  });
});

describe("formatSeconds", () => {
  test.each([
    [0, "0 s"],
    [-3, "0 s"],
    [0.4, "0 s"],
    [45.4, "45 s"],
    [59.4, "59 s"],
    [59.6, "1 min 0 s"],
    [125, "2 min 5 s"],
    [3599, "59 min 59 s"],
    [3599.6, "1 h 0 min"],
    [7190, "2 h 0 min"],
    [12_000, "3 h 20 min"],
    [90_000, "25 h 0 min"],
  ])("shows %d seconds as %s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});
