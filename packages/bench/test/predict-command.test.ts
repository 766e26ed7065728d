/** @file `pnpm exp bench predict --python`, with a program in the place of Python that replies as PyTorch would. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { benchPredictJson } from "../src/bench-facts.ts";
import { timePredictions } from "../src/workloads/prediction.ts";
import { runCommand } from "@mvt/testing/command-line";
import { temporaryFolder } from "@mvt/testing/folder";
import { refuses } from "@mvt/testing/mistakes";

/** The source of a program that says `first`, and then that every image takes a second. */
const fakePython = (first: unknown) => `#!/usr/bin/env node
const { createInterface } = require("node:readline");
const say = (line) => console.log(JSON.stringify(line));
say(${JSON.stringify(first)});
createInterface({ input: process.stdin }).on("line", (line) => {
  const { steps, images } = JSON.parse(line);
  say({ seconds: Array.from({ length: steps }, () => images) });
});
`;

const fakePythonFile = (first: unknown) => (folder: string) =>
  writeFile(join(folder, "python"), fakePython(first), { mode: 0o755 });

describe("predictions of several engines", () => {
  test("are timed alternately: 3 and 20 single images, one batch, and all in batches of 32", async () => {
    const asked: string[] = [];
    const predictor = (name: string, seconds: number) => async (images: number) => {
      asked.push(`${name}${images}`);
      return images * seconds;
    };
    const times = await timePredictions([predictor("a", 1), predictor("b", 2)], 70);
    const sizes = [...Array.from({ length: 23 }, () => 1), 32, 32, 32, 6];
    expect(asked).toEqual(sizes.flatMap((size) => [`a${size}`, `b${size}`]));
    expect(times).toEqual([
      { latency: { median: 1, least: 1, most: 1 }, throughput: 1 },
      { latency: { median: 2, least: 2, most: 2 }, throughput: 0.5 },
    ]);
  });
});

describe("bench predict with PyTorch", () => {
  test("prints the ratios first, then both", { timeout: 60_000 }, async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await fakePythonFile({ ready: "PyTorch 9.9, Python 9.8", notes: [] })(folder);
    const args = "bench predict --variant nano --images 8 --threads 1 --python ./python".split(" ");
    const { stdout, stderr } = await runCommand(args, folder);
    expect(stderr).toBe("");
    expect(stdout.trimEnd().split("\n")).toEqual([
      "DeiT nano, untrained: 48 x 48, float32, CPU, 1 threads",
      expect.stringMatching(
        /^[\d.]+ times as fast as PyTorch for one image, [\d.]+ times for 8 images$/,
      ),
      expect.stringMatching(/^one image {2}[\d.]+ ms median /),
      expect.stringMatching(/^8 images {2}[\d.]+ images\/s$/),
      "PyTorch 9.9, Python 9.8, eager, float32, 1 threads, untrained:",
      "one image  1000.0 ms median (fastest 1000.0 ms, slowest 1000.0 ms)",
      "8 images  1.0 images/s",
    ]);
  });

  test(
    "writes both as JSON, and nothing else to stdout",
    { timeout: 60_000 },
    async ({ onTestFinished }) => {
      const folder = await temporaryFolder(onTestFinished);
      await fakePythonFile({ ready: "PyTorch 9.9, Python 9.8", notes: [] })(folder);
      const args = "bench predict --variant nano --images 8 --threads 1 --python ./python --json";
      const { stdout } = await runCommand(args.split(" "), folder);
      const facts = benchPredictJson.parse(JSON.parse(stdout));
      expect(facts).toMatchObject({ imageSize: 48, masks: false, threads: 1, images: 8 });
      expect(facts.engines).toEqual([
        expect.objectContaining({ name: "mvt" }),
        {
          name: "PyTorch 9.9, Python 9.8",
          latency: { median: 1, least: 1, most: 1 },
          imagesPerSecond: 1,
        },
      ]);
    },
  );

  refuses([
    {
      what: "a Python without torch",
      given: fakePythonFile({ error: "No module named 'torch'" }),
      args: "bench predict --variant nano --python ./python",
      exitCode: 1,
      stderr:
        "--python ./python: expected a Python with PyTorch, but No module named 'torch'. Install it there with `./python -m pip install torch`, or name another.",
    },
    {
      what: "a program that is not there",
      args: "bench predict --variant nano --python ./none",
      exitCode: 1,
      stderr:
        "--python ./none: expected a Python with PyTorch, but ./none cannot be started (ENOENT). Install it there with `./none -m pip install torch`, or name another.",
    },
    {
      what: "a program that is something else",
      given: (folder: string) =>
        writeFile(join(folder, "python"), "#!/bin/sh\necho hello\n", { mode: 0o755 }),
      args: "bench predict --variant nano --python ./python",
      exitCode: 1,
      stderr:
        "--python ./python: expected a Python with PyTorch, but ended with exit code 0. Install it there with `./python -m pip install torch`, or name another.",
    },
  ]);
});
