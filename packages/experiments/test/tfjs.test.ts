/** @file Runs and the command line with `--backend tfjs`. */
import { join } from "node:path";
import { tfjsBackend } from "@mvt/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { installFakeTensorflow } from "@mvt/testing/fake-tensorflow";
import { runCommand } from "@mvt/testing/command-line";
import { temporaryFolder } from "@mvt/testing/folder";
import { refuses } from "@mvt/testing/mistakes";
import { tinyData } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { folderOf, readMetrics, train } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";

const backend = await tfjsBackend({ engine: "cpu" });

const data = tinyData({ imageSize: 16 });
const tiny: TinyRun = {
  config: {
    ...tinyConfig,
    model: { ...tinyConfig.model, classes: data.classes.length },
    training: { ...tinyConfig.training, epochs: 2 },
  },
  data,
};

describe("a run with TensorFlow.js", { tags: ["slow"] }, () => {
  test("has the losses of ONNX Runtime, to 1 in 10,000", async () => {
    const [a, b] = [await temporaryFolder(onTestFinished), await temporaryFolder(onTestFinished)];
    await train(tiny, a);
    await train(tiny, b, { backend });
    const losses = async (folder: string) =>
      (await readMetrics(tiny, folder)).map(({ loss }) => loss);
    expect(await losses(b)).toBeAllClose(await losses(a), { rtol: 1e-4 });
  });

  test("ends, once it was interrupted, as if it had never been", async () => {
    const [once, twice] = [
      await temporaryFolder(onTestFinished),
      await temporaryFolder(onTestFinished),
    ];
    await train(tiny, once, { backend });
    const onEpoch = () => {
      throw new Error("interrupted");
    };
    await expect(train(tiny, twice, { backend, onEpoch })).rejects.toThrow("interrupted");
    await train(tiny, twice, { backend });
    const [left, right] = [folderOf(tiny, once), folderOf(tiny, twice)];
    for (const file of ["last.safetensors", "predictions.csv", "result.json"] as const) {
      const bytes = await left.read(file);
      expect(bytes).toBeDefined();
      expect(await right.read(file)).toEqual(bytes);
    }
  });
});

describe("the command line with --backend tfjs", () => {
  refuses([
    {
      what: "WebGPU",
      args: "train --scale smoke --backend tfjs --device webgpu",
      exitCode: 2,
      stderr:
        "--device webgpu: expected auto, cpu or cuda with --backend tfjs. `--backend onnx` computes on WebGPU.",
    },
    {
      what: "CUDA without TensorFlow for it",
      args: "train --scale smoke --backend tfjs --device cuda",
      exitCode: 1,
      stderr:
        "tfjs: expected @tensorflow/tfjs-node-gpu with a GPU; @tensorflow/tfjs-node-gpu is not installed. `pnpm exp setup tensorflow --gpu` builds it; docs/guides/tensorflow.md says what else CUDA needs.",
    },
    {
      what: "several runs at once",
      args: "train --backend tfjs --scale smoke --jobs 2",
      exitCode: 2,
      stderr:
        "--jobs 2: expected 1 with --backend tfjs, because TensorFlow's addon serves one thread.",
    },
  ]);

  test("tells what is installed, and what not", { timeout: 60_000 }, async () => {
    const folder = await temporaryFolder(onTestFinished);
    await installFakeTensorflow(join(folder, ".tensorflow"), { addon: false });
    const { stdout } = await runCommand(["doctor", "--backend", "tfjs"], folder);
    const lines = stdout.split("\n").filter((line) => /tensorflow|training/.test(line));
    const withoutNumbers = (line: string) =>
      line.replace(/\d+ images/, "N images").replace(/to \de-\d/, "to N");
    expect(lines.map((line) => withoutNumbers(line))).toEqual([
      "@tensorflow/tfjs-node-gpu     not installed (optional: `pnpm exp setup tensorflow --gpu`)",
      "@tensorflow/tfjs-node         4.22.0, without its native addon: `pnpm exp setup tensorflow`",
      "@tensorflow/tfjs-backend-wasm 4.22.0",
      "@tensorflow/tfjs-backend-cpu  4.22.0",
      "engine                        @tensorflow/tfjs-backend-wasm 4.22.0, cpu",
      "PyTorch's values              equal in 15 operators and a training step, to N (at most 0.0001)",
      "a training step               works: N images/s with the smoke model",
    ]);
  });

  test("trains in a worker", { tags: ["slow"] }, async () => {
    const folder = await temporaryFolder(onTestFinished);
    const words = "train --backend tfjs --scale smoke --set epochs=1".split(" ");
    const { exitCode, stdout, stderr } = await runCommand(words, folder);
    expect(stderr).toMatch(/; @tensorflow\/tfjs-backend-wasm 4\.22\.0, cpu, one run at a time/);
    expect(stdout).toMatch(/test accuracy/);
    expect(exitCode).toBe(0);
  });
});
