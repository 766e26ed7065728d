/** Optimisers: functions from gradients to new state. PyTorch's own steps are compared in pytorch.test.ts. */
import {
  adamw,
  clipByGlobalNorm,
  createOptimizer,
  minimize,
  onnxBackend,
  type Optimizer,
  optimizerNames,
  optimizers,
  optimizerStateName,
  ops,
  sgd,
} from "@mvt/core";
import type { Backend, Program, Weights } from "@mvt/core";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { compileMultiStepState } from "../src/backends/onnx/multi-step-state.ts";
import { backend as cpu } from "./support/evaluate.ts";
import { drawBatch, inOneGraph, train, trainingStepWith } from "./support/small-training.ts";
import { tfjsBackends } from "./support/tfjs.ts";

const p = ops.input("p", [2, 2]);
const x = ops.input("x", [2, 2]);

/** Steps on the loss Σ x p, whose gradient is x. */
const linear = (optimizer: Optimizer): Program => {
  const loss = ops.sum(ops.mul(p, x));
  const program = { inputs: [x], outputs: { loss }, state: [] };
  return minimize(program, { loss, parameters: [p], optimizer });
};

async function steps(
  program: Program,
  feeds: readonly (readonly number[])[],
  start: readonly number[],
): Promise<Weights> {
  const executable = await cpu.compile(program);
  await executable.writeState(new Map([["p", { shape: [2, 2], data: Float32Array.from(start) }]]));
  for (const [i, values] of feeds.entries()) {
    await executable.run({
      x: Float32Array.from(values),
      learningRate: Float32Array.of(0.1),
      step: Float32Array.of(i + 1),
    });
  }
  const state = await executable.readState();
  await executable.dispose();
  return state;
}

describe("SGD", () => {
  const start = [1, -2, 0, 4];
  const [first, second] = [
    [1, 2, 0, -1],
    [3, 0, 1, 1],
  ] as const;

  test("without momentum steps against the gradient, and keeps no state", async () => {
    const state = await steps(linear(sgd({ momentum: 0 })), [first], start);
    expect(state.get("p")!.data).toBeAllClose([0.9, -2.2, 0, 4.1]);
    expect([...state.keys()]).toEqual(["p"]);
  });

  test("adds the gradient to what is left of earlier ones", async () => {
    const state = await steps(linear(sgd({ momentum: 0.5 })), [first, second], start);
    const b = [3.5, 1, 1, 0.5]; // 0.5 b + g, and b = g after the first step
    expect(state.get("sgd.momentum/p")!.data).toBeAllClose(b);
    expect(state.get("p")!.data).toBeAllClose([0.9 - 0.35, -2.2 - 0.1, 0 - 0.1, 4.1 - 0.05]);
  });

  test("looks ahead in Nesterov's form", async () => {
    const state = await steps(linear(sgd({ momentum: 0.5, nesterov: true })), [first], start);
    // b = g, and the step is g + 0.5 b
    expect(state.get("p")!.data).toBeAllClose([1 - 0.15, -2 - 0.3, 0, 4 + 0.15]);
  });

  test("has weight decay in the gradient, so that momentum keeps it", async () => {
    const state = await steps(linear(sgd({ momentum: 0.5, weightDecay: 0.1 })), [first], start);
    const g = [1.1, 1.8, 0, -0.6];
    expect(state.get("sgd.momentum/p")!.data).toBeAllClose(g);
    expect(state.get("p")!.data).toBeAllClose([1 - 0.11, -2 - 0.18, 0, 4 + 0.06]);
  });

  test("decays the parameters that it is told to", async () => {
    const decays = (name: string) => name !== "p";
    const options = { momentum: 0, weightDecay: 0.1, decays };
    const state = await steps(linear(sgd(options)), [first], start);
    expect(state.get("p")!.data).toBeAllClose([0.9, -2.2, 0, 4.1]);
  });

  test("has momentum 0.9 unless it is told otherwise", async () => {
    const [usual, stated] = [
      await steps(linear(sgd()), [first, second], start),
      await steps(linear(sgd({ momentum: 0.9, weightDecay: 0 })), [first, second], start),
    ];
    expect(usual).toEqual(stated);
  });

  test("refuses Nesterov's form without momentum", () => {
    expect(() => sgd({ momentum: 0, nesterov: true })).toThrow("expected a momentum above 0");
  });
});

describe.for(optimizerNames)("the optimiser %s", (name) => {
  const optimizer = optimizers[name]({ weightDecay: 0 });

  test("finds the minimum of a quadratic", async () => {
    const target = Float32Array.of(3, -1, 0.5, 2);
    const error = ops.sub(p, ops.constant(target, [2, 2]));
    const loss = ops.sum(ops.mul(error, error));
    const executable = await cpu.compile(
      minimize({ inputs: [], outputs: { loss }, state: [] }, { loss, parameters: [p], optimizer }),
    );
    await executable.writeState(new Map([["p", { shape: [2, 2], data: new Float32Array(4) }]]));
    for (let step = 1; step <= 400; step += 1) {
      const learningRate = Float32Array.of(0.1 * 0.99 ** step);
      await executable.run({ learningRate, step: Float32Array.of(step) });
    }
    const state = await executable.readState();
    expect(state.get("p")!.data).toBeAllClose(target, { rtol: 1e-3 });
    await executable.dispose();
  });

  test("begins with state of zeros, which weights without it bring along", async () => {
    const state = await steps(linear(optimizer), [], [1, 2, 3, 4]);
    const own = [...state].filter(([key]) => key !== "p");
    expect(own.length).toBeGreaterThan(0);
    for (const [key, { shape, data }] of own) {
      expect(key).toMatch(new RegExp(`^${name}\\.\\w+/p$`));
      expect(shape).toEqual([2, 2]);
      expect(data).toEqual(new Float32Array(4));
    }
  });

  // AdamW would scale the gradient of a key's bias, rounding alone, up to a step.
  const own = { adamw: adamw({ epsilon: 1e-4 }), sgd: sgd({ weightDecay: 0.05 }) }[name];
  const program = trainingStepWith(clipByGlobalNorm(own, 1));
  const batches = Array.from({ length: 4 }, (_, i) => drawBatch(`batch ${i}`));
  const multiStep: Backend = {
    ...cpu,
    compile: (given) => compileMultiStepState(ort, given, { threads: 1 }),
  };
  test.for([
    ["the CPU in one graph", cpu, inOneGraph(program)],
    ["several steps in one call", multiStep, program],
    ...tfjsBackends.map(([engine, backend]) => [engine, backend, program] as const),
  ] as const)("gives the same weights with %s", async ([, backend, given]) => {
    const expected = await train(cpu, program, batches);
    const actual = await train(backend, given, batches);
    expect([...actual.state.keys()]).toEqual([...expected.state.keys()]);
    for (const [key, { data }] of expected.state) {
      expect(actual.state.get(key)!.data, key).toBeAllClose(data, { rtol: 1e-4, atol: 1e-6 });
    }
  });
});

describe("gradient clipping", () => {
  test("scales gradients whose joint norm is too large, and no others", async () => {
    const clipped = linear(clipByGlobalNorm(sgd({ momentum: 0 }), 1));
    const large = await steps(clipped, [[3, 0, 0, -4]], [0, 0, 0, 0]); // norm 5
    expect(large.get("p")!.data).toBeAllClose([-0.06, 0, 0, 0.08], { rtol: 1e-5 });
    const small = await steps(clipped, [[0.3, 0, 0, -0.4]], [0, 0, 0, 0]);
    expect(small.get("p")!.data).toBeAllClose([-0.03, 0, 0, 0.04]);
  });

  test("may be applied twice: the lower norm counts", async () => {
    const twice = clipByGlobalNorm(clipByGlobalNorm(sgd({ momentum: 0 }), 2), 1);
    const state = await steps(linear(twice), [[3, 0, 0, -4]], [0, 0, 0, 0]);
    expect(state.get("p")!.data).toBeAllClose([-0.06, 0, 0, 0.08], { rtol: 1e-5 });
  });
});

describe("AdamW's fused kernel", () => {
  const fusedOf = (optimizer: Optimizer) => linear(optimizer).update!.fused;

  test("is offered for AdamW, with clipping or without", () => {
    expect(fusedOf(adamw({ betas: [0.8, 0.9] }))).toMatchObject({ beta1: 0.8, beta2: 0.9 });
    expect(fusedOf(adamw())!.clipNorm).toBeUndefined();
    expect(fusedOf(clipByGlobalNorm(adamw(), 2))!.clipNorm).toBe(2);
  });

  test("is not offered where the graph does something else", () => {
    const halfRate: Optimizer = {
      update: ({ learningRate, ...given }) =>
        adamw().update({ ...given, learningRate: ops.mul(learningRate, 0.5) }),
    };
    expect(fusedOf(halfRate)).toBeUndefined();
    expect(fusedOf(clipByGlobalNorm(clipByGlobalNorm(adamw(), 2), 1))).toBeUndefined();
    expect(fusedOf(sgd())).toBeUndefined();
    const scaled = minimize(
      { inputs: [x], outputs: {}, state: [] },
      { loss: ops.sum(ops.mul(p, x)), parameters: [p], optimizer: adamw(), lossScaling: {} },
    );
    expect(scaled.update!.fused).toBeUndefined();
  });
});

describe("micro-batches on the CPU", { timeout: 60_000 }, () => {
  test("update state that is no optimiser's from the gradients of the batch", async () => {
    const [a, w, seen] = [ops.input("a", [1]), ops.input("w", [1]), ops.input("seen", [1])];
    const loss = ops.sum(ops.mul(a, w));
    const { update, ...program } = minimize(
      {
        inputs: [a],
        outputs: { loss },
        state: [],
        microBatches: { count: 4, samples: [a], sums: ["loss"] },
      },
      { loss, parameters: [w], optimizer: sgd({ momentum: 0 }) },
    );
    const next = ops.add(seen, ops.mul(update!.gradients[0]!, update!.gradients[0]!));
    const state = [...program.state, { input: seen, next, initial: 7 }];
    for (const threads of [1, 2]) {
      const backend = await onnxBackend({ threads });
      const executable = await backend.compile({ ...program, state, update });
      await executable.writeState(new Map([["w", { shape: [1], data: Float32Array.of(1) }]]));
      const one = Float32Array.of(1);
      const results = await executable.run({
        a: Float32Array.of(1, 2, 3, 4),
        learningRate: Float32Array.of(0.1),
        step: one,
      });
      expect(results["loss"]).toEqual(Float32Array.of(10));
      const after = await executable.readState();
      expect(after.get("w")!.data).toBeAllClose([0]); // 1 - 0.1 · 10
      expect(after.get("seen")!.data).toBeAllClose([107]); // 7 + 10²
      await executable.dispose();
    }
  });

  test("refuse state that is computed from the samples of one of them", async () => {
    const [a, w, seen] = [ops.input("a", [1]), ops.input("w", [1]), ops.input("seen", [1])];
    const loss = ops.sum(ops.mul(ops.exp(a), w));
    const program = minimize(
      {
        inputs: [a],
        outputs: { loss },
        state: [{ input: seen, next: ops.add(seen, a) }],
        microBatches: { count: 2, samples: [a] },
      },
      { loss, parameters: [w], optimizer: sgd() },
    );
    await expect(cpu.compile(program)).rejects.toThrow("but a is neither");
  });
});

describe("the list of optimisers", () => {
  test("has those that a configuration can choose by name", () => {
    expect(optimizerNames).toEqual(["adamw", "sgd"]);
  });

  const slotsOf = (optimizer: Optimizer) => linear(optimizer).state.map(({ input }) => input);
  const namesOf = (optimizer: Optimizer) =>
    slotsOf(optimizer).map(({ node }) => (node.params as { readonly name: string }).name);

  test("makes AdamW unless another is chosen, with the settings of the chosen one alone", () => {
    expect(namesOf(createOptimizer({}))).toEqual(["p", "adamw.m/p", "adamw.v/p"]);
    expect(namesOf(createOptimizer({ optimizer: "sgd" }))).toEqual(["p", "sgd.momentum/p"]);
    const plain = { optimizer: "sgd", sgd: { momentum: 0 }, adamw: { weightDecay: 1 } } as const;
    expect(namesOf(createOptimizer(plain))).toEqual(["p"]);
  });

  test("clips gradients if the settings say so", () => {
    const { update } = linear(createOptimizer({ adamw: { clipNorm: 0.5 } }));
    expect(update!.fused!.clipNorm).toBe(0.5);
  });

  test("names state by optimiser, slot and parameter", () => {
    expect(optimizerStateName("adamw", "m", "head.weight")).toBe("adamw.m/head.weight");
  });
});
