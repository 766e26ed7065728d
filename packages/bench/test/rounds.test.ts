/** @file Interleaved rounds: what competitors are asked, and what becomes of those that fail. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openCompetitor } from "../src/processes/competitor.ts";
import type { Competitor } from "../src/processes/competitor.ts";
import { timeInRounds } from "../src/processes/rounds.ts";
import { temporaryFolder } from "@mvt/testing/folder";

const program = join(import.meta.dirname, "fixtures/competitor.ts");

function competitor(
  behaviour: string,
  more: Partial<Competitor> = {},
  log: readonly string[] = [],
) {
  return {
    id: behaviour,
    title: `the one that ${behaviour}`,
    batchSize: 8,
    command: [process.execPath, program, behaviour, ...log],
    ...more,
  } satisfies Competitor;
}

describe("a competitor", { timeout: 60_000 }, () => {
  test("is asked for steps once it is ready, whatever else it prints", async () => {
    const open = await openCompetitor(competitor("works"));
    expect(open.ready).toEqual({ ready: "Fake 1.0", notes: ["works at your service"] });
    expect(await open.time(2)).toEqual({ seconds: [1, 2], peak: 1000 });
    expect(await open.time(1)).toEqual({ seconds: [3], peak: 2000 });
    await open.close();
  });

  test.for([
    [competitor("refuses"), "no such device"],
    [competitor("throws"), "ended with exit code 1: TypeError: no such operator"],
    [competitor("babbles"), "sent a line that is no reply: {ready"],
    [
      competitor("x", { command: ["no-such-program"] }),
      "no-such-program cannot be started (ENOENT)",
    ],
  ] as const)("that never gets ready says why: $1", async ([one, reason]) => {
    await expect(openCompetitor(one)).rejects.toThrow(reason);
  });
});

describe("rounds", { timeout: 60_000 }, () => {
  test("run every competitor once before any runs a second time", async () => {
    const log = join(await temporaryFolder(onTestFinished), "log");
    const { timings } = await timeInRounds(
      ["a", "b", "c"].map((name) => competitor(name, {}, [log])),
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
    const slow = competitor("slow", { repetitions: { rounds: 1, steps: 1 } });
    const { timings } = await timeInRounds([slow], { rounds: 3, steps: 4 });
    expect(timings[0]?.rounds).toEqual([[1], [], []]);
  });

  test("go on without those that fail, and keep what they did", async () => {
    const names = ["refuses", "works", "dies", "gives up"];
    const { timings, failures } = await timeInRounds(
      names.map((name) => competitor(name)),
      { rounds: 3, steps: 1 },
    );
    expect(timings.map((one) => [one.id, one.rounds])).toEqual([
      ["works", [[1], [2], [3]]],
      ["dies", [[1], [], []]],
      ["gives up", [[1], [], []]],
    ]);
    expect(failures.map((one) => [one.competitor.id, one.reason])).toEqual([
      ["refuses", "no such device"],
      ["dies", "was ended by SIGKILL, as where memory runs out"],
      ["gives up", "ended with exit code 3"],
    ]);
  });
});
