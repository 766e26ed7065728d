/** Which TensorFlow.js is taken, of those that are installed. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTfjsPackage, ops, tfjsBackend } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { installFakeTensorflow } from "@mvt/testing/fake-tensorflow";

const gpuPackage = "@tensorflow/tfjs-node-gpu";

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mvt-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function sumOn(backend: Backend) {
  const y = ops.add(1, 2);
  const executable = await backend.compile({ inputs: [], outputs: { y }, state: [] });
  const { y: sum } = await executable.run({});
  await executable.dispose();
  return sum;
}

describe("without a native TensorFlow", () => {
  test("TensorFlow.js computes by itself: with WebAssembly, or as it is told", async () => {
    const folder = await emptyFolder();
    const [best, plain] = [await tfjsBackend({ folder }), await tfjsBackend({ engine: "cpu" })];
    expect(best).toMatchObject({ name: "@tensorflow/tfjs-backend-wasm 4.22.0", device: "cpu" });
    expect(plain).toMatchObject({ name: "@tensorflow/tfjs-backend-cpu 4.22.0", device: "cpu" });
  });

  test("several engines take turns in one thread", async () => {
    const [wasm, plain] = [
      await tfjsBackend({ engine: "wasm" }),
      await tfjsBackend({ engine: "cpu" }),
    ];
    const x = ops.input("x", [1]);
    const counter = { inputs: [], outputs: { x }, state: [{ input: x, next: ops.add(x, 1) }] };
    const [a, b] = [await wasm.compile(counter), await plain.compile(counter)];
    const counts = await Promise.all([a, b, a, b, a].map((each) => each.run({})));
    expect(counts.map(({ x: count }) => count![0])).toEqual([0, 0, 1, 1, 2]);
    await Promise.all([a.dispose(), b.dispose()]);
  });

  test("WebAssembly's loader leaves errors of the process alone", async () => {
    await tfjsBackend({ engine: "wasm" });
    const listeners = process.listeners("uncaughtException").map(String);
    expect(listeners.filter((listener) => listener.includes("ExitStatus"))).toEqual([]);
  });

  test("one that is asked for is refused by its name", async () => {
    const folder = await emptyFolder();
    await expect(tfjsBackend({ engine: "node", folder })).rejects.toThrow(
      "tfjs: expected @tensorflow/tfjs-node; @tensorflow/tfjs-node is not installed",
    );
    await expect(tfjsBackend({ device: "cuda", folder })).rejects.toThrow(
      `tfjs: expected ${gpuPackage} with a GPU; ${gpuPackage} is not installed`,
    );
  });
});

describe("a native TensorFlow", () => {
  test("is taken where it is installed, with its version", async () => {
    const folder = await emptyFolder();
    await installFakeTensorflow(folder);
    const backend = await tfjsBackend({ folder });
    expect(backend.name).toBe("@tensorflow/tfjs-node 4.22.0 (TensorFlow 2.0.0)");
    expect(await sumOn(backend)).toEqual(Float32Array.of(3));
  });

  // Node 23 removed util.isNullOrUndefined, which tfjs-node 4.22 calls.
  test("finds the functions of util that Node has no more", async () => {
    const folder = await emptyFolder();
    await installFakeTensorflow(folder);
    await tfjsBackend({ engine: "node", folder });
    const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;
    const isNothing = util["isNullOrUndefined"] as (value: unknown) => boolean;
    const nothing = [undefined, null, 0, "", false].filter((value) => isNothing(value));
    expect(nothing).toEqual([undefined, null]);
    expect(util["isArray"]).toBe(Array.isArray);
  });

  test("is taken with CUDA first, but for the device cpu", async () => {
    const folder = await emptyFolder();
    await installFakeTensorflow(folder);
    await installFakeTensorflow(folder, { name: gpuPackage, gpu: true });
    const [best, onCpu] = [
      await tfjsBackend({ folder }),
      await tfjsBackend({ folder, device: "cpu" }),
    ];
    expect(best).toMatchObject({ name: `${gpuPackage} 4.22.0 (TensorFlow 2.0.0)`, device: "cuda" });
    expect(onCpu.name).toMatch(/^@tensorflow\/tfjs-node 4/);
  });

  test("is refused for the device cuda where it finds no GPU", async () => {
    const folder = await emptyFolder();
    await installFakeTensorflow(folder, { name: gpuPackage });
    await expect(tfjsBackend({ folder, device: "cuda" })).rejects.toThrow(
      `${gpuPackage} 4.22.0 (TensorFlow 2.0.0) finds no GPU`,
    );
  });

  test("is not taken without its addon, nor where it does not load", async () => {
    const folder = await emptyFolder();
    const path = await installFakeTensorflow(folder, { addon: false });
    expect(findTfjsPackage("node", folder)).toEqual({
      engine: "node",
      name: "@tensorflow/tfjs-node",
      installed: { version: "4.22.0", path, complete: false },
    });
    expect((await tfjsBackend({ folder })).name).toBe("@tensorflow/tfjs-backend-wasm 4.22.0");
    await expect(tfjsBackend({ engine: "node", folder })).rejects.toThrow(
      "@tensorflow/tfjs-node 4.22.0 is installed without its native addon",
    );

    const broken = await emptyFolder();
    const brokenPath = await installFakeTensorflow(broken);
    await writeFile(join(brokenPath, "index.js"), 'throw new Error("libtensorflow_cc.so.2: no");');
    expect((await tfjsBackend({ folder: broken })).name).toMatch(/wasm/);
    await expect(tfjsBackend({ engine: "node", folder: broken })).rejects.toThrow(
      "@tensorflow/tfjs-node 4.22.0 does not load: libtensorflow_cc.so.2: no",
    );
  });
});
