/** Dynamic loss scaling, with overflow provoked through a feed. No GPU is needed. */
import { adamw, clipByGlobalNorm, minimize, ops, sgd } from "@mvt/core";
import type { Backend, LossScaling, Program, Weights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { backend as onnx } from "./support/evaluate.ts";
import { inOneGraph } from "./support/small-training.ts";
import { tfjsBackends } from "./support/tfjs.ts";

const p = ops.input("p", [2, 2]);
const x = ops.input("x", [2, 2]);
const loss = ops.sum(ops.mul(ops.mul(p, p), x));
const optimizers = {
  adamw: clipByGlobalNorm(adamw({ betas: [0.9, 0.99], weightDecay: 0.05 }), 1),
  sgd: clipByGlobalNorm(sgd({ weightDecay: 0.05 }), 1),
};
const program = (lossScaling?: LossScaling, optimizer: keyof typeof optimizers = "adamw") =>
  minimize(
    { inputs: [x], outputs: { loss }, state: [] },
    { loss, parameters: [p], optimizer: optimizers[optimizer], lossScaling },
  );
const initial = new Map([["p", { shape: [2, 2], data: Float32Array.of(1, -2, 0.3, 4) }]]);

const good = Float32Array.of(0.2, 1, -0.5, 0.1);
const other = Float32Array.of(-1, 0.7, 0.3, 2);
const infinite = Float32Array.of(1, Infinity, 1, 1);
const noNumber = Float32Array.of(1, NaN, 1, 1);

/** The state after a step on each feed in turn. */
async function after(
  backend: Backend,
  trained: Program,
  feeds: readonly Float32Array[],
  { from = initial, step = 0 }: { readonly from?: Weights; readonly step?: number } = {},
): Promise<Weights> {
  const executable = await backend.compile(trained);
  await executable.writeState(from);
  for (const [i, values] of feeds.entries()) {
    const at = Float32Array.of(step + i + 1);
    await executable.run({ x: values, learningRate: Float32Array.of(0.01), step: at });
  }
  const state = await executable.readState();
  await executable.dispose();
  return state;
}

const numbers = (state: Weights) => ({
  scale: state.get("lossScale")!.data[0],
  taken: state.get("lossScale.taken")!.data[0],
  refused: state.get("lossScale.refused")!.data[0],
});

function expectSameTraining(actual: Weights, expected: Weights) {
  const names = [...actual.keys()].filter((name) => !name.startsWith("lossScale"));
  expect(names).toContain("p");
  for (const name of names) {
    expect(actual.get(name)!.data, name).toEqual(expected.get(name)!.data);
  }
}

const backends = [["onnxruntime-node", onnx] as const, ...tfjsBackends];

describe.for(backends)("with %s, a scaled loss", ([, backend]) => {
  test("trains bit for bit as the loss itself, since a power of two rounds nothing", async () => {
    const scaled = await after(backend, program({}), [good, other, good]);
    expectSameTraining(scaled, await after(backend, inOneGraph(program()), [good, other, good]));
    expect(numbers(scaled)).toEqual({ scale: 65_536, taken: 3, refused: 0 });
  });

  test.for([
    ["infinite", infinite],
    ["no number", noNumber],
  ] as const)(
    "leaves parameters and moments as they are where a gradient is %s, and is halved",
    async ([, bad]) => {
      const before = await after(backend, program({}), [good, other]);
      const refused = await after(backend, program({}), [good, other, bad]);
      expectSameTraining(refused, before);
      expect(numbers(refused)).toEqual({ scale: 32_768, taken: 0, refused: 1 });
    },
  );

  test("leaves the momentum of SGD as it is where a gradient is no number", async () => {
    const before = await after(backend, program({}, "sgd"), [good, other]);
    const refused = await after(backend, program({}, "sgd"), [good, other, noNumber]);
    expect([...refused.keys()]).toContain("sgd.momentum/p");
    expectSameTraining(refused, before);
  });

  test("does not count refused steps in the correction of the moments", async () => {
    const straight = await after(backend, program({}), [good, other]);
    const detour = await after(backend, program({}), [noNumber, good, infinite, other]);
    expectSameTraining(detour, straight);
    expect(numbers(detour)).toEqual({ scale: 16_384, taken: 1, refused: 2 });
  });

  test("is halved until the gradients fit, and doubled after as many steps as it is told", async () => {
    const rules = { initialScale: 2 ** 127, growthInterval: 2 };
    const tooLarge = await after(backend, program(rules), [other]); // 2p x 2¹²⁷ is beyond float32
    expect(numbers(tooLarge)).toEqual({ scale: 2 ** 126, taken: 0, refused: 1 });
    const growing = { initialScale: 4, growthInterval: 2 };
    expect(numbers(await after(backend, program(growing), [good]))).toMatchObject({ scale: 4 });
    const five = await after(backend, program(growing), [good, other, good, other, good]);
    expect(numbers(five)).toEqual({ scale: 16, taken: 1, refused: 0 });
  });

  test("is there before any state is written", async () => {
    const executable = await backend.compile(program({}));
    expect(numbers(await executable.readState())).toEqual({ scale: 65_536, taken: 0, refused: 0 });
    await executable.dispose();
  });

  test("goes on from a state that was read", async () => {
    const whole = await after(backend, program({}), [good, infinite, other, good]);
    const from = await after(backend, program({}), [good, infinite]);
    const rest = await after(backend, program({}), [other, good], { from, step: 2 });
    expectSameTraining(rest, whole);
    expect(numbers(rest)).toEqual(numbers(whole));
  });
});
