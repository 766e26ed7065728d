/** Several steps in one call, as on CUDA; here on the CPU, which gives the same numbers. */
import { DeviceError, missingCuda, nn, onnxBackend, ops } from "@mvt/core";
import type { Backend } from "@mvt/core";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { compileMultiStepState } from "../src/backends/onnx/multi-step-state.ts";
import { drawBatch, parameters, train, trainingStep } from "./support/small-training.ts";

const cpu = await onnxBackend({ threads: 1 });
const inOneCall: Backend = {
  ...cpu,
  compile: (program) => compileMultiStepState(ort, program, { threads: 1 }),
};
const batches = Array.from({ length: 6 }, (_, i) => drawBatch(`batch ${i}`));
const feeds = batches.map((batch, i) => ({ ...batch, step: Float32Array.of(i + 1) }));

describe("several steps in one call", () => {
  test("give what the steps give one by one, and leave the same state", async () => {
    const single = await train(inOneCall, trainingStep, batches);
    const executable = await inOneCall.compile(trainingStep);
    await executable.writeState(nn.initialWeights(parameters, 3));
    const results = [
      ...(await executable.multiStep!.run(feeds.slice(0, 4))),
      ...(await executable.multiStep!.run(feeds.slice(4))),
    ];
    expect(results.map(({ loss }) => loss![0]!)).toEqual(single.losses);
    expect(results[5]!["probabilities"]).toHaveLength(4 * 3);
    expect(await executable.readState()).toEqual(single.state);
    await executable.dispose();
  });

  test("run a program whose state never changes", async () => {
    const [x, w] = [ops.input("x", [2]), ops.input("w", [2])];
    const executable = await inOneCall.compile({
      inputs: [x],
      outputs: { y: ops.mul(x, w), x },
      state: [{ input: w }],
    });
    await executable.writeState(new Map([["w", { shape: [2], data: Float32Array.of(2, 3) }]]));
    const rows = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
    expect(await executable.multiStep!.run(rows.map((row) => ({ x: row })))).toEqual([
      { y: Float32Array.of(2, 6), x: rows[0] },
      { y: Float32Array.of(6, 12), x: rows[1] },
    ]);
    await executable.dispose();
  });

  test("give the weights of steps whose AdamW runs after the graph", async () => {
    const [here, there] = [
      await train(inOneCall, trainingStep, batches),
      await train(cpu, trainingStep, batches),
    ];
    expect(here.losses).toBeAllClose(there.losses, { rtol: 1e-5 });
    for (const [name, { data }] of there.state) {
      expect(here.state.get(name)!.data, name).toBeAllClose(data, { rtol: 1e-4, atol: 1e-6 });
    }
  });
});

describe("the device cuda", () => {
  test("is said to need Linux on x64", () => {
    expect(missingCuda("darwin-arm64")).toContain("expected Linux on x64");
  });

  test.skipIf(missingCuda() === undefined)("is refused without its provider", async () => {
    const opened = onnxBackend({ device: "cuda" });
    await expect(opened).rejects.toThrow(DeviceError);
    await expect(opened).rejects.toThrow(missingCuda()!);
  });
});
