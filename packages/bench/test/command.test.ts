/** @file `pnpm exp bench`, all of it with a tiny model; and what it refuses. */
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { benchJson } from "../src/bench-facts.ts";

const competitor = join(import.meta.dirname, "fixtures/competitor.ts");

/** A program "python" that behaves as the competitor of that name does. */
const python = (behaviour: string) => async (folder: string) => {
  const path = join(folder, "python");
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${competitor}" "${behaviour}"\n`);
  await chmod(path, 0o755);
};

describe("pnpm exp bench", () => {
  test(
    "measures everything and writes a report",
    { tags: ["slow"], timeout: 600_000 },
    async () => {
      const folder = await temporaryFolder(onTestFinished);
      await python("works")(folder);
      const temporary = join(folder, "temporary");
      await mkdir(temporary);
      const { exitCode, stderr } = await runCommand(
        "bench --quick --steps 1 --threads 1 --python ./python --out report".split(" "),
        folder,
        { TMPDIR: temporary },
      );
      expect(exitCode).toBe(0);
      expect(stderr).toContain("wrote bench.md, bench.csv, bench.svg, bench.html in report\n");
      expect(stderr).toMatch(
        /^training step, batch 8: [\d.]+ \([\d.]+ to [\d.]+\) times as many images per second as Fake 1\.0 eager$/m,
      );
      expect(await filesBelow(join(folder, "report"))).toEqual([
        "bench.csv",
        "bench.html",
        "bench.md",
        "bench.svg",
      ]);
      const markdown = await readFile(join(folder, "report/bench.md"), "utf8");
      for (const [what, of, to] of [
        ["training step, batch 8", "this project, .*", "matrix products alone"],
        ["training step, batch 8", "this project, .*", "Fake 1.0 eager"],
        ["training step, batch 8", "this project, .*", "TensorFlow.js alone, WebAssembly, batch 1"],
        ["evaluation of MVT with masks, batch 125", "this project, .*", "matrix products alone"],
        ["data pipeline, batch 8", "batches alone, .*", "steps on one batch"],
        ["data pipeline, batch 8", "steps on batches, .*", "steps on one batch"],
      ]) {
        expect(markdown).toMatch(
          new RegExp(String.raw`^\| ${what} +\| ${of} +\| ${to} +\| [\d.]+ \(`, "m"),
        );
      }
      expect(markdown).toContain(
        "- Left out: TensorFlow.js alone, TensorFlow on the CPU: tfjs: expected @tensorflow/tfjs-node; @tensorflow/tfjs-node is not installed. `pnpm exp setup tensorflow` builds it.\n",
      );
      // The fake Python is as fast in every way: its k-th step takes k seconds.
      expect(markdown).toMatch(
        /^- training step, batch 8: of 5 ways of PyTorch on cpu, Fake 1\.0 eager is the fastest; this project takes [\d.]+ \([\d.]+ to [\d.]+\) times as many images per second\.$/m,
      );
      const lines = (await readFile(join(folder, "report/bench.csv"), "utf8")).trim().split("\n");
      const sections = lines.slice(1).map((line) => line.split(",")[0]);
      expect([...new Set(sections)]).toEqual([
        "train",
        "evaluate",
        "data",
        "growth-batch",
        "growth-size",
        "growth-depth",
        "growth-data-memory",
        "growth-data-stream",
      ]);
      expect((await readdir(temporary)).filter((name) => name.startsWith("mvt-"))).toEqual([]);
    },
  );

  test("of one benchmark is JSON alone with --json", { tags: ["slow"] }, async () => {
    const folder = await temporaryFolder(onTestFinished);
    const args = "bench train --quick --steps 1 --only floor --batch 2 --json".split(" ");
    const { exitCode, stdout } = await runCommand(args, folder);
    expect(exitCode).toBe(0);
    expect(benchJson.parse(JSON.parse(stdout)).settings[0]!.timings).toHaveLength(2);
  });

  test("of one benchmark writes nothing without --out", { tags: ["slow"] }, async () => {
    const folder = await temporaryFolder(onTestFinished);
    const args = "bench train --quick --steps 1 --only floor --batch 2,3".split(" ");
    const { exitCode, stdout, stderr } = await runCommand(args, folder);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^\| training step, batch 3 +\| this project, .* \| matrix products alone +\|/m,
    );
    expect(stderr).not.toContain("wrote");
    expect(await filesBelow(folder)).toEqual([]);
  });

  refuses([
    ...["8,x", "1.5"].map((batch) => ({
      what: `--batch ${batch}`,
      args: `bench --batch ${batch}`,
      exitCode: 2 as const,
      stderr: `--batch ${batch}: expected whole numbers of at least 1, separated by commas.`,
    })),
    {
      what: "sessions of an engine that has one",
      args: "bench --sessions 1 --backend tfjs --device cpu",
      exitCode: 2,
      stderr:
        "--sessions 1: expected --backend onnx on the CPU, got tfjs on cpu. No other engine computes several micro-batches at once.",
    },
    {
      what: "a device for what computes on the CPU",
      args: "bench predict --device webgpu",
      exitCode: 2,
      stderr:
        "--device webgpu: expected it with benchmarks of this project's engines, got it with `bench predict`, where it has no effect. Leave it out.",
    },
    {
      what: "no session",
      args: "bench --sessions 0",
      exitCode: 2,
      stderr: "--sessions 0: expected a whole number of at least 1.",
    },
    {
      what: "no round",
      args: "bench --rounds 0",
      exitCode: 2,
      stderr: "--rounds 0: expected a whole number of at least 1.",
    },
    {
      what: "a competitor that is not known",
      args: "bench --only floor,jax --python ./python",
      given: python("works"),
      exitCode: 2,
      stderr:
        "--only floor,jax: expected names out of onnx-cpu, onnx-cpu-recompute, onnx-cpu-one-session, onnx-cpu-one-by-one, floor, onnx-webgpu, onnx-cuda, tfjs-node-gpu, tfjs-node, tfjs-wasm, tfjs-node-plain, tfjs-wasm-plain, pytorch, pytorch-class-row, pytorch-bf16, pytorch-compiled, pytorch-compiled-bf16, got jax.",
    },
    {
      what: "PyTorch without a Python",
      args: "bench --only pytorch",
      exitCode: 2,
      stderr:
        "--only pytorch: expected names out of onnx-cpu, onnx-cpu-recompute, onnx-cpu-one-session, onnx-cpu-one-by-one, floor, onnx-webgpu, onnx-cuda, tfjs-node-gpu, tfjs-node, tfjs-wasm, tfjs-node-plain, tfjs-wasm-plain, got pytorch. Add --python PATH to time PyTorch.",
    },
    {
      what: "a Python that is not there",
      args: "bench --python ./python",
      exitCode: 1,
      stderr:
        "--python ./python: expected a Python with PyTorch, but ./python cannot be started (ENOENT). Install it there with `./python -m pip install torch timm`, or name another.",
    },
    {
      what: "a Python without PyTorch",
      args: "bench --python ./python",
      given: python("refuses"),
      exitCode: 1,
      stderr:
        "--python ./python: expected a Python with PyTorch, but no such device. Install it there with `./python -m pip install torch timm`, or name another.",
    },
    {
      what: "a report where a folder is in its place",
      args: "bench --quick --out report",
      given: file("report/bench.md/x", ""),
      exitCode: 1,
      stderr:
        "--out report: expected a file or nothing at DIR/report/bench.md, found a folder. Choose another folder, or remove that one.",
    },
  ]);
});
