/** @file Contestants that take turns: what they are asked, and what becomes of those that fail. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openContestant } from "../src/bench/contestant.ts";
import type { Contestant } from "../src/bench/contestant.ts";
import { playRounds } from "../src/bench/rounds.ts";
import { temporaryFolder } from "./fixtures/folder.ts";

const program = join(import.meta.dirname, "fixtures/contestant.ts");

function contestant(
  behaviour: string,
  more: Partial<Contestant> = {},
  log: readonly string[] = [],
) {
  return {
    id: behaviour,
    title: `the one that ${behaviour}`,
    batchSize: 8,
    command: [process.execPath, program, behaviour, ...log],
    ...more,
  } satisfies Contestant;
}

describe("a contestant", () => {
  test("is asked for steps once it is ready, whatever else it prints", async () => {
    const open = await openContestant(contestant("works"));
    expect(open.ready).toEqual({ ready: "Fake 1.0", notes: ["works at your service"] });
    expect(await open.time(2)).toEqual({ seconds: [1, 2], peak: 1000 });
    expect(await open.time(1)).toEqual({ seconds: [3], peak: 2000 });
    await open.close();
  });

  test.for([
    [contestant("refuses"), "no such device"],
    [contestant("throws"), "ended with exit code 1: TypeError: no such operator"],
    [contestant("babbles"), "gave an answer that is none: {ready"],
    [
      contestant("x", { command: ["no-such-program"] }),
      "no-such-program cannot be started (ENOENT)",
    ],
  ] as const)("that never gets ready says why: $1", async ([one, reason]) => {
    await expect(openContestant(one)).rejects.toThrow(reason);
  });
});

describe("rounds", () => {
  test("give each its turn before anyone has a second one", async () => {
    const log = join(await temporaryFolder(onTestFinished), "log");
    const { timings } = await playRounds(
      ["a", "b", "c"].map((name) => contestant(name, {}, [log])),
      { rounds: 2, steps: 2 },
    );
    expect((await readFile(log, "utf8")).trim().split("\n")).toEqual([
      "a",
      "b",
      "c",
      "a",
      "b",
      "c",
    ]);
    expect(timings[0]).toEqual({
      id: "a",
      title: "the one that a",
      batchSize: 8,
      rounds: [
        [1, 2],
        [3, 4],
      ],
      peak: 2000,
    });
  });

  test("ask a slow one less often, and for fewer steps", async () => {
    const slow = contestant("slow", { pace: { rounds: 1, steps: 1 } });
    const { timings } = await playRounds([slow], { rounds: 3, steps: 4 });
    expect(timings[0]?.rounds).toEqual([[1], [], []]);
  });

  test("go on without those that fail, and keep what they did", async () => {
    const names = ["refuses", "works", "dies", "gives up"];
    const { timings, failures } = await playRounds(
      names.map((name) => contestant(name)),
      { rounds: 3, steps: 1 },
    );
    expect(timings.map((one) => [one.id, one.rounds])).toEqual([
      ["works", [[1], [2], [3]]],
      ["dies", [[1], [], []]],
      ["gives up", [[1], [], []]],
    ]);
    expect(failures.map((one) => [one.contestant.id, one.reason])).toEqual([
      ["refuses", "no such device"],
      ["dies", "was ended by SIGKILL, as where memory runs out"],
      ["gives up", "ended with exit code 3"],
    ]);
  });
});
