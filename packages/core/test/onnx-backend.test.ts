import { readFileSync } from "node:fs";
import { nn, ops } from "@mvt/core";
import type { Program } from "@mvt/core";
import { describe, expect, test } from "vitest";
import wabt from "wabt";
import { backend } from "./support/evaluate.ts";
import {
  drawBatch,
  inOneGraph,
  parameters,
  train as trainOn,
  trainingStep,
} from "./support/small-training.ts";

describe("state", () => {
  const x = ops.input("x", [2]);
  const step = ops.input("by", [2]);
  const counter: Program = {
    inputs: [step],
    outputs: { before: x },
    state: [{ input: x, next: ops.add(x, step) }],
  };

  test("starts at zero, and goes from one run to the next", async () => {
    const executable = await backend.compile(counter);
    const by = Float32Array.of(1, 10);
    const seen = [];
    for (let i = 0; i < 4; i += 1) seen.push([...(await executable.run({ by }))["before"]!]);
    expect(seen).toEqual([
      [0, 0],
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    expect((await executable.readState()).get("x")!.data).toEqual(Float32Array.of(4, 40));
    await executable.dispose();
  });

  test("can be set, and what was read before does not change with it", async () => {
    const executable = await backend.compile(counter);
    const before = await executable.readState();
    await executable.writeState(new Map([["x", { shape: [2], data: Float32Array.of(5, 6) }]]));
    const results = await executable.run({ by: new Float32Array(2) });
    expect(results["before"]).toEqual(Float32Array.of(5, 6));
    expect(before.get("x")!.data).toEqual(new Float32Array(2));
    await executable.dispose();
  });

  test("is refused when a name is missing or a shape is another", async () => {
    const executable = await backend.compile(counter);
    await expect(executable.writeState(new Map())).rejects.toThrow(
      "writeState: expected x [2], got none",
    );
    const wrong = new Map([["x", { shape: [3], data: new Float32Array(3) }]]);
    await expect(executable.writeState(wrong)).rejects.toThrow(
      "writeState: expected x [2], got [3]",
    );
    await executable.dispose();
  });
});

describe("a run", () => {
  test("is refused when a feed is missing or has another size", async () => {
    const x = ops.input("x", [2]);
    const executable = await backend.compile({
      inputs: [x],
      outputs: { y: ops.exp(x) },
      state: [],
    });
    await expect(executable.run({})).rejects.toThrow("run: expected 2 values for x [2], got none");
    await expect(executable.run({ x: new Float32Array(3) })).rejects.toThrow("got 3");
    await executable.dispose();
  });

  test("is refused at compilation when the program reads what is neither fed nor state", async () => {
    const [x, y] = [ops.input("x", [2]), ops.input("y", [2])];
    const program = { inputs: [x], outputs: { z: ops.add(x, y) }, state: [] };
    await expect(backend.compile(program)).rejects.toThrow("but y is neither");
  });

  test("hands back an input, and one tensor under two names", async () => {
    const x = ops.input("x", [2]);
    const y = ops.exp(x);
    const executable = await backend.compile({
      inputs: [x],
      outputs: { x, y, again: y },
      state: [],
    });
    const values = Float32Array.of(0, 1);
    const results = await executable.run({ x: values });
    expect(results["x"]).toEqual(values);
    expect(results["again"]).toEqual(results["y"]);
    await executable.dispose();
  });
});

describe("training", () => {
  const feeds = drawBatch();
  const train = (trained: Program, steps: number, given = feeds) =>
    trainOn(
      backend,
      trained,
      Array.from({ length: steps }, () => given),
    );

  // A parameter's buffer that is also its successor's corrupts gradients without an error: another
  // node of the backward pass may still read the old value. Both ways must agree.
  test("gives the same weights with the optimiser after the graph and inside it", async () => {
    const after = await train(trainingStep, 8);
    const inside = await train(inOneGraph(trainingStep), 8);
    expect(after.losses).toBeAllClose(inside.losses, { rtol: 1e-5 });
    expect([...after.state.keys()].toSorted()).toEqual([...inside.state.keys()].toSorted());
    for (const [name, { data }] of after.state) {
      expect(data, name).toBeAllClose(inside.state.get(name)!.data, { rtol: 1e-4, atol: 1e-6 });
    }
  });

  test("learns four images by heart", async () => {
    const { losses } = await train(trainingStep, 60);
    expect(losses.at(-1)).toBeLessThan(0.05);
  });

  test("gives the same weights, bit for bit, when it is repeated", async () => {
    const [a, b] = [await train(trainingStep, 3), await train(trainingStep, 3)];
    for (const [name, { data }] of a.state) expect(data).toEqual(b.state.get(name)!.data);
  });

  test("ignores samples of weight zero", async () => {
    const padded = { ...feeds, weights: Float32Array.of(1, 1, 1, 0) };
    const other = { ...padded, images: feeds.images.slice().fill(0, 3 * 16 * 16 * 3) };
    expect((await train(trainingStep, 2, padded)).losses).toEqual(
      (await train(trainingStep, 2, other)).losses,
    );
  });

  test("starts every block from weights of its own", () => {
    const initial = nn.initialWeights(parameters, 3);
    const first = initial.get("blocks.0.mlp.fc1.weight")!.data;
    expect(first).not.toEqual(initial.get("blocks.1.mlp.fc1.weight")!.data);
  });
});

describe("the kernel of AdamW", () => {
  test.for([
    ["adamw.wasm", "shared)"],
    ["adamw-unshared.wasm", ")"],
  ] as const)("%s is what adamw.wat assembles to", async ([file, shared]) => {
    const source = (name: string) =>
      readFileSync(new URL(`../src/backends/onnx/${name}`, import.meta.url));
    const text = source("adamw.wat").toString("utf8");
    const assembler = await wabt();
    const assembled = assembler
      .parseWat("adamw.wat", text.replace(" shared)", ` ${shared}`), { simd: true, threads: true })
      .toBinary({});
    expect(Buffer.from(assembled.buffer)).toEqual(source(file));
  });
});
