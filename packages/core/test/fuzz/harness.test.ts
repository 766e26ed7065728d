/** @file That fuzzing finds what is wrong, says at which input, and can repeat it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fuzz, type FuzzReport, inputOf, repeat } from "@mvt/testing/fuzz";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";
import { targets } from "./broken-targets.ts";

const module = new URL("./broken-targets.ts", import.meta.url);
const greedy = "takes all memory";
let folder: string;
let report: FuzzReport;

beforeAll(async () => {
  folder = await makeFolder();
  const timed = targets.map(({ name }) => name).filter((name) => name !== greedy);
  report = await fuzz(module, { seed: 1, inputs: 1, only: timed, folder, mostMilliseconds: 3000 });
  return () => removeFolder(folder);
}, 120_000);

const failureOf = (name: string) => report.failures.find(({ target }) => target === name)!;

describe("fuzzing finds a parser that", { tags: ["slow"] }, () => {
  test.for([
    ["throws a TypeError", "error", "TypeError"],
    ["never returns", "hang", "more than 3000 milliseconds"],
    ["never resolves", "hang", "more than 3000 milliseconds"],
    ["ends the process", "crash", "SIGKILL"],
    ["remembers", "difference", "first: parsed"],
    ["accepts what is damaged", "accepted", "another value"],
    ["refuses its own seed", "error", "a valid input is not parsed: refused: expected another"],
  ] as const)("%s", ([name, kind, what]) => {
    expect(failureOf(name)).toMatchObject({ seed: 1, kind, what: expect.stringContaining(what) });
  });

  test("takes all memory", { timeout: 120_000 }, async () => {
    // However long it takes.
    const options = { seed: 1, inputs: 1, only: [greedy], folder, mostMilliseconds: 100_000 };
    const { failures } = await fuzz(module, options);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ kind: "memory" });
    expect(failures[0]!.what).toContain("MiB of at most 256");
  });

  test("but not one that is right", () => {
    expect(report.failures.filter(({ target }) => target === "is right")).toEqual([]);
  });
});

describe("fuzzing", { tags: ["slow"] }, () => {
  test("counts what a parser accepts and what it refuses", () => {
    const { parsed, refused } = report.counts.get("is right")!;
    expect(parsed + refused).toBe(200);
    expect(Math.min(parsed, refused)).toBeGreaterThan(0);
  });

  test("saves the input that fails, and parses it again", { timeout: 60_000 }, async () => {
    const { path, input } = failureOf("throws a TypeError");
    expect(path).toBe(join(folder, `throws-a-TypeError-1-${input}.hex`));
    const target = targets.find(({ name }) => name === "throws a TypeError")!;
    const [about, ...lines] = (await readFile(path, "utf8")).split("\n");
    expect(about).toContain('"target":"throws a TypeError"');
    expect(lines.join("")).toBe(Buffer.from(inputOf(target, 1, input)).toString("hex"));
    expect(await repeat(module, path)).toContain("TypeError");
  });

  test("makes the same input for the same seed, and others for another", () => {
    const inputs = (seed: number) =>
      Array.from({ length: 20 }, (_, i) => inputOf(targets[0]!, seed, i));
    expect(inputs(1)).toEqual(inputs(1));
    expect(inputs(1)).not.toEqual(inputs(2));
  });
});
