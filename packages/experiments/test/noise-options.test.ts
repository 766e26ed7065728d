/** @file The options of label noise: what they ask for, and which of them do not go together. */
import { UserError } from "@mvt/common";
import { beforeAll, describe, expect, test } from "vitest";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { readNoise } from "../src/cli/noise.ts";
import type { NoiseArgs } from "../src/cli/noise.ts";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const classes = ["anger", "fear"];

let folder: string;
/** Runs by what they are. */
const ids = new Map<string, string>();

beforeAll(async () => {
  folder = await makeFolder();
  const predictions = predictionsOf(["a anger anger", "b fear anger"], classes);
  const { training: _, ...common } = tinyConfig;
  const mgn = { ...common, kind: "mgn", m: 0.2, start: { run: "0" }, training: {} } as never;
  const masked: ClassifierConfig = { ...tinyConfig, control: { mask: "random", m: 0.2 } };
  ids.set("finished", await writeRun(folder, tinyConfig, predictions));
  ids.set("unfinished", await writeRun(folder, { ...tinyConfig, seed: 1 }));
  ids.set("mgn", await writeRun(folder, mgn));
  ids.set("masked", await writeRun(folder, masked, predictions));
  return () => removeFolder(folder);
});

const read = (args: Partial<NoiseArgs>) => readNoise({ runs: folder, ...args });

describe("label noise", () => {
  test("is not asked for without options", async () => {
    expect(await read({})).toBeUndefined();
  });

  test("is symmetric with seed 0 unless told otherwise", async () => {
    expect(await read({ noise: 0.2 })).toEqual({ kind: "symmetric", rate: 0.2, seed: 0 });
    expect(await read({ noise: 0.2, noiseKind: "pair", noiseSeed: 3 })).toEqual({
      kind: "pair",
      rate: 0.2,
      seed: 3,
    });
  });

  test("comes from a finished run, by the beginning of its id", async () => {
    const id = ids.get("finished")!;
    const noiseFrom = id.slice(0, 6);
    expect(await read({ noise: 0.2, noiseKind: "instance", noiseFrom })).toEqual({
      kind: "instance",
      rate: 0.2,
      seed: 0,
      from: { id, classes, imageSize: 16 },
    });
  });

  test.each([
    [
      { noiseKind: "pair" },
      "--noise-kind: expected --noise with it, got none. Add the rate, such as --noise 0.2.",
    ],
    [{ noiseSeed: 1 }, "--noise-seed: expected --noise with it, got none."],
    [
      { noise: 0.1, noiseMatrix: "m.csv" },
      "--noise-matrix: expected --noise-kind pair or confusable with it, got symmetric.",
    ],
    [
      { noise: 0.1, noiseFrom: "0" },
      "--noise-from: expected --noise-kind pair, confusable or instance with it, got symmetric.",
    ],
    [
      { noise: 0.1, noiseKind: "instance" },
      "--noise-kind instance: expected --noise-from with it, got none. Name a finished run, whose probabilities choose the labels.",
    ],
    [
      { noise: 0.1, noiseKind: "pair", noiseMatrix: "m.csv", noiseFrom: "0" },
      "--noise-matrix and --noise-from: expected one of them, got both.",
    ],
    [
      { noise: 0.1, noiseList: "list.txt" },
      "--noise-list: expected no --noise with it, got both. A list says every label; leave one of them out.",
    ],
    [
      { noiseSeed: 1, noiseList: "list.txt" },
      "--noise-list: expected no --noise-seed with it, got both.",
    ],
  ] satisfies [Partial<NoiseArgs>, string][])("refuses %j", async (args, message) => {
    await expect(read(args)).rejects.toThrow(message);
    await expect(read(args)).rejects.toMatchObject({ exitCode: 2 });
  });

  test.each([
    ["mgn", "a mask generator"],
    ["unfinished", "one that is not finished"],
    ["masked", "one with random masks"],
  ])("refuses a run that is %s", async (what, found) => {
    const noiseFrom = ids.get(what)!;
    await expect(read({ noise: 0.1, noiseKind: "pair", noiseFrom })).rejects.toThrow(
      `--noise-from ${noiseFrom}: expected a finished classifier without control masks, found ${found}. \`pnpm exp runs list\` shows all runs.`,
    );
  });

  test.each([
    [{ noise: 0.1, noiseKind: "pair", noiseFrom: "abcdef" }, "run abcdef: expected one run"],
    [
      { noise: 0.1, noiseKind: "pair", noiseMatrix: "none.csv" },
      "none.csv: expected a matrix of classes, found no file.",
    ],
    [{ noiseList: "none.txt" }, "none.txt: expected a list of labels, found no file."],
  ] satisfies [Partial<NoiseArgs>, string][])(
    "refuses files and runs that are not there: %j",
    async (args, message) => {
      const error: unknown = await read(args).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UserError);
      expect(String(error)).toContain(message);
    },
  );
});
