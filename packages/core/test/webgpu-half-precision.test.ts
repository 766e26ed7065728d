/** Training in half precision on the WebGPU device, where it has 16-bit floats: SwiftShader has none, Mesa has. */
import { operatorsOnHost, ops } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { backend as cpu, evaluateOn } from "./support/evaluate.ts";
import {
  drawBatch,
  halfStep,
  train,
  trainingStep,
  trainWholeAndHalved,
} from "./support/small-training.ts";
import { halfPrecision } from "./support/webgpu-half-precision.ts";
import { webgpu } from "./support/webgpu.ts";

const batches = Array.from({ length: 50 }, (_, i) => drawBatch(`batch ${i}`));
const slow = { tags: ["slow"], timeout: 300_000 }; // kernels are compiled for seconds on an idle core
const backend = webgpu!;

describe.skipIf(!halfPrecision)("a training step in half precision on webgpu", () => {
  test("runs no operator on the host", slow, async () => {
    expect(await operatorsOnHost(halfStep(), "webgpu")).toEqual(new Map());
  });

  // Measured on lavapipe: 3.0e-4, at losses from 0.99 to 1.12.
  test("has the losses of full precision on the cpu for 50 steps, to 0.5 %", slow, async () => {
    const { losses, state } = await train(backend, halfStep(), batches);
    const expected = await train(cpu, trainingStep, batches);
    expect(losses).toBeAllClose(expected.losses, { rtol: 5e-3 });
    expect(losses).not.toEqual(expected.losses);
    expect(state.get("lossScale.taken")!.data).toEqual(Float32Array.of(50));
  });

  test("goes on from a state that was read to the very same weights", slow, async () => {
    const { whole, halved } = await trainWholeAndHalved(backend, halfStep(), batches);
    expect(halved.losses).toEqual(whole.losses);
    for (const [name, { data }] of whole.state) {
      expect(halved.state.get(name)!.data, name).toEqual(data);
    }
  });

  test(
    "is refused while its gradients overflow, and taken when the scale has come down",
    slow,
    async () => {
      const rules = { initialScale: 2 ** 26 };
      const first = await train(backend, halfStep(rules), batches.slice(0, 1));
      expect(first.state.get("lossScale.refused")!.data).toEqual(Float32Array.of(1));
      const start = await train(backend, halfStep(rules), []);
      const trained = [...start.state].filter(([name]) => !name.startsWith("lossScale"));
      for (const [name, { data }] of trained) {
        expect(first.state.get(name)!.data, name).toEqual(data);
      }
      const { state } = await train(backend, halfStep(rules), batches.slice(0, 20));
      const [refused, taken] = ["lossScale.refused", "lossScale.taken"].map(
        (name) => state.get(name)!.data[0]!,
      );
      expect(taken).toBeGreaterThan(0);
      expect(refused! + taken!).toBe(20);
      expect(state.get("lossScale")!.data[0]).toBe(2 ** (26 - refused!));
    },
  );
});

describe.skipIf(!halfPrecision)("float16 on webgpu", () => {
  test("rounds, and is infinite beyond 65,504", slow, async () => {
    const x = ops.input("x", [4]);
    const y = ops.cast(ops.cast(x, "float16"), "float32");
    const given = Float32Array.of(1 / 3, 2049, 70_000, -70_000);
    expect((await evaluateOn(backend, { y }, [x], { x: given })).y).toEqual(
      Float32Array.from(Float16Array.from(given)),
    );
  });

  test("has every operator that a gradient may need", slow, async () => {
    const x = ops.input("x", [2, 3, 4]);
    const h = ops.cast(x, "float16");
    const single = (y: typeof x) => ops.cast(y, "float32");
    const outputs = {
      sign: single(ops.sign(h)),
      minimum: single(ops.minimum(h, 0.25)),
      where: single(ops.where(ops.greater(h, 0), h, 7)),
      normalCdf: single(ops.normalCdf(h)),
      moved: single(ops.transpose(ops.concat([h, h], 1), [2, 0, 1])),
      product: single(ops.matmul(h, h, { transposeY: true, scale: 0.5 })),
      repeated: single(ops.broadcastTo(ops.sum(h, [0, 1]), [3, 4])),
    };
    const feeds = { x: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i + 1)) };
    const expected = await evaluateOn(cpu, outputs, [x], feeds);
    const actual = await evaluateOn(backend, outputs, [x], feeds);
    for (const [name, values] of Object.entries(expected)) {
      expect(actual[name as "sign"], name).toBeAllClose(values, { rtol: 4e-3, atol: 4e-3 });
    }
    expect(await operatorsOnHost({ inputs: [x], outputs, state: [] }, "webgpu")).toEqual(new Map());
  });
});
