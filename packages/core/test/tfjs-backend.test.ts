/** State, training and memory of the tfjs backend, beside ONNX Runtime. */
import { ops } from "@mvt/core";
import type { Program, Weights } from "@mvt/core";
import { memory, profile } from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import type { Tolerance } from "@mvt/testing/matchers";
import { backend as onnx } from "./support/evaluate.ts";
import { drawBatch, inOneGraph, train, trainingStep } from "./support/small-training.ts";
import { tfjsBackends } from "./support/tfjs.ts";

const batches = (count: number) => Array.from({ length: count }, (_, i) => drawBatch(`${i}`));

/** Equal names, shapes and values; with the tolerance, or bit for bit. */
function expectSameState(
  actual: Weights,
  expected: Weights,
  tolerance: Tolerance = { rtol: 0, atol: 0 },
) {
  expect([...actual.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [name, { shape, data }] of expected) {
    expect(actual.get(name)!.shape, name).toEqual(shape);
    expect(actual.get(name)!.data, name).toBeAllClose(data, tolerance);
  }
}

describe.for(tfjsBackends)("with %s,", ([, tfjs]) => {
  describe("a training step", () => {
    test("gives ONNX Runtime's loss, probabilities, parameters and moments", async () => {
      const expected = await train(onnx, trainingStep, batches(1));
      const actual = await train(tfjs, trainingStep, batches(1));
      expect(actual.losses).toBeAllClose(expected.losses, { rtol: 1e-5 });
      expectSameState(actual.state, expected.state, { rtol: 1e-4, atol: 1e-6 });
    });

    test("needs no hint on where gradients end", async () => {
      const withHint = await train(tfjs, trainingStep, batches(2));
      const without = await train(tfjs, inOneGraph(trainingStep), batches(2));
      expectSameState(without.state, withHint.state);
    });

    test("is repeated bit for bit", async () => {
      const [a, b] = [
        await train(tfjs, trainingStep, batches(2)),
        await train(tfjs, trainingStep, batches(2)),
      ];
      expectSameState(a.state, b.state);
    });

    // Measured: 1.2e-7.
    test(
      "gives ONNX Runtime's losses for 50 steps, to 1 in 100,000",
      { tags: ["slow"] },
      async () => {
        const expected = await train(onnx, trainingStep, batches(50));
        const actual = await train(tfjs, trainingStep, batches(50));
        expect(actual.losses).toBeAllClose(expected.losses, { rtol: 1e-5 });
        expect(expected.losses.at(-1)).toBeLessThan(expected.losses[0]!);
      },
    );
  });

  describe("state", () => {
    const x = ops.input("x", [2]);
    const by = ops.input("by", [2]);
    const counter: Program = {
      inputs: [by],
      outputs: { before: x },
      state: [{ input: x, next: ops.add(x, by) }],
    };
    const given = { by: Float32Array.of(1, 10) };

    test("starts at zero, and goes from one run to the next", async () => {
      const executable = await tfjs.compile(counter);
      expect((await executable.run(given))["before"]).toEqual(Float32Array.of(0, 0));
      expect((await executable.run(given))["before"]).toEqual(Float32Array.of(1, 10));
      expect((await executable.readState()).get("x")!.data).toEqual(Float32Array.of(2, 20));
      await executable.dispose();
    });

    test("is apart from the arrays that it was set from, was read into, and is fed from", async () => {
      const [a, b] = [ops.input("a", [2]), ops.input("b", [2])];
      const copies: Program = { inputs: [b], outputs: { a }, state: [{ input: a, next: b }] };
      const executable = await tfjs.compile(copies);
      const [start, fed] = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
      await executable.writeState(new Map([["a", { shape: [2], data: start }]]));
      start.fill(9);
      (await executable.readState()).get("a")!.data.fill(9);
      expect((await executable.run({ b: fed }))["a"]).toEqual(Float32Array.of(1, 2));
      fed.fill(9);
      expect((await executable.run({ b: fed }))["a"]).toEqual(Float32Array.of(3, 4));
      await executable.dispose();
    });

    test("may be exchanged between two slots", async () => {
      const [a, b] = [ops.input("a", [1]), ops.input("b", [1])];
      const state = [
        { input: a, next: b },
        { input: b, next: a },
      ];
      const executable = await tfjs.compile({ inputs: [], outputs: { a, b }, state });
      const slot = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
      await executable.writeState(
        new Map([
          ["a", slot(1)],
          ["b", slot(2)],
        ]),
      );
      await executable.run({});
      expect(await executable.run({})).toEqual({ a: Float32Array.of(2), b: Float32Array.of(1) });
      await executable.dispose();
    });

    test("is refused as a whole when a name is missing or a shape is another", async () => {
      const executable = await tfjs.compile(trainingStep);
      const before = await executable.readState();
      const name = "head.bias";
      const { [name]: _, ...others } = Object.fromEntries(before);
      const ones = Object.entries(others).map(([key, { shape, data }]) => {
        return [key, { shape, data: data.map(() => 1) }] as const;
      });
      await expect(executable.writeState(new Map(ones))).rejects.toThrow(
        "writeState: expected head.bias [3], got none",
      );
      expectSameState(await executable.readState(), before);
      await executable.dispose();
    });

    test("goes on where it stood, bit for bit, and with ONNX Runtime as well", async () => {
      const whole = await train(tfjs, trainingStep, batches(4));
      const half = await train(tfjs, trainingStep, batches(2));
      const from = { state: half.state, steps: 2 };
      const rest = await train(tfjs, trainingStep, batches(4).slice(2), from);
      expectSameState(rest.state, whole.state);
      const elsewhere = await train(onnx, trainingStep, batches(4).slice(2), from);
      expect(elsewhere.losses).toBeAllClose(rest.losses, { rtol: 1e-4 });
    });
  });

  describe("a run", () => {
    test("is refused when a feed is missing or has another size", async () => {
      const x = ops.input("x", [2]);
      const program = { inputs: [x], outputs: { y: ops.exp(x) }, state: [] };
      const executable = await tfjs.compile(program);
      await expect(executable.run({})).rejects.toThrow(
        "run: expected 2 values for x [2], got none",
      );
      await expect(executable.run({ x: new Float32Array(3) })).rejects.toThrow("got 3");
      await executable.dispose();
    });

    test("is refused at compilation when the program reads what is neither fed nor state", async () => {
      const [x, y] = [ops.input("x", [2]), ops.input("y", [2])];
      const program = { inputs: [x], outputs: { z: ops.add(x, y) }, state: [] };
      await expect(tfjs.compile(program)).rejects.toThrow("but y is neither");
    });

    test("hands back an input, a constant, and one tensor under two names", async () => {
      const x = ops.input("x", [2]);
      const [y, one] = [ops.exp(x), ops.constant(Float32Array.of(1), [1])];
      const outputs = { x, y, again: y, one };
      const executable = await tfjs.compile({ inputs: [x], outputs, state: [] });
      const results = await executable.run({ x: Float32Array.of(0, 1) });
      expect(results["x"]).toEqual(Float32Array.of(0, 1));
      expect(results["again"]).toEqual(results["y"]);
      expect(results["one"]).toEqual(Float32Array.of(1));
      await executable.dispose();
    });
  });

  describe("tensors", () => {
    test("are as many after a step as before it, and none once the program is let go", async () => {
      const before = memory().numTensors;
      const executable = await tfjs.compile(trainingStep);
      const [batch] = batches(1);
      const counts: number[] = [];
      for (let step = 1; step <= 3; step += 1) {
        await executable.run({ ...batch!, step: Float32Array.of(step) });
        counts.push(memory().numTensors);
      }
      await executable.writeState(await executable.readState());
      expect(counts.map((count) => count - memory().numTensors)).toEqual([0, 0, 0]);
      await executable.dispose();
      expect(memory().numTensors).toBe(before);
    });

    test("are as many as before where a step fails", async () => {
      const [x, y] = [ops.input("x", [2, 2]), ops.input("y", [3, 3])];
      // Shapes that do not fit, which only the engine finds.
      const product = ops.matmul(ops.exp(x), { ...ops.exp(y), shape: [2, 2] });
      const outputs = { product };
      const executable = await tfjs.compile({ inputs: [x, y], outputs, state: [] });
      const before = memory().numTensors;
      const feeds = { x: new Float32Array(4), y: new Float32Array(9) };
      await expect(executable.run(feeds)).rejects.toThrow(/shape|Matrix size/i);
      expect(memory().numTensors).toBe(before);
      await executable.dispose();
    });

    test("are let go once their last reader has run", async () => {
      const x = ops.input("x", [1000]);
      let y = x;
      for (let i = 0; i < 20; i += 1) y = ops.sigmoid(ops.neg(y));
      const executable = await tfjs.compile({ inputs: [x], outputs: { y }, state: [] });
      const before = memory().numBytes;
      const { peakBytes } = await profile(async () => {
        await executable.run({ x: new Float32Array(1000) });
        return [];
      });
      expect(peakBytes - before).toBeLessThanOrEqual(4 * 4000);
      await executable.dispose();
    });
  });
});
