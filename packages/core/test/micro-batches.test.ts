/** Batches in micro-batches, side by side and one after another, and activations that are computed again. */
import {
  adamw,
  clipByGlobalNorm,
  deit,
  divideBatch,
  type Feeds,
  gradients,
  minimize,
  nn,
  onnxBackend,
  type OnnxOptions,
  type Optimizer,
  ops,
  microBatchesOf,
  type Program,
  random,
  sgd,
  simplify,
} from "@mvt/core";
import { describe, expect, test } from "vitest";
import { model, parameters } from "./support/small-training.ts";

const B = 8;

/** A training step on a batch of 8 in so many micro-batches. */
function stepIn(
  count: number,
  {
    optimizer = clipByGlobalNorm(adamw({ epsilon: 1e-4 }), 0.5),
    recompute = false,
  }: { readonly optimizer?: Optimizer; readonly recompute?: boolean } = {},
): Program {
  const batch = divideBatch(B, count);
  const { size, weights, batchWeights } = batch;
  const images = ops.input("images", [size, 16, 16, 3], "uint8");
  const labels = ops.input("labels", [size], "int32");
  const patches = deit.normalizePixels(deit.toPixels(deit.patchify(images, 8)));
  const { logits, blockInputs } = deit.traceClassify(model, patches);
  const loss = nn.crossEntropy(logits, labels, weights, batchWeights);
  const tensors = parameters.map(({ tensor }) => tensor);
  const samples = [images, labels, weights];
  const program: Program = {
    inputs: samples,
    outputs: { loss, probabilities: ops.softmax(logits) },
    state: [],
    microBatches: batch.microBatches(samples, ["loss"]),
  };
  return minimize(program, {
    loss,
    parameters: tensors,
    optimizer,
    recomputeBetween: recompute ? blockInputs : undefined,
  });
}

const stream = random.stream(5, "parts");
const feeds: Feeds = {
  images: Uint8Array.from({ length: B * 16 * 16 * 3 }, () => stream.integer(256)),
  labels: Int32Array.from({ length: B }, () => stream.integer(3)),
  weights: Float32Array.of(1, 1, 0.5, 1, 2, 1, 1, 0), // micro-batches of different weight, one sample of none
  learningRate: Float32Array.of(3e-3),
};

async function train(program: Program, engine: number | OnnxOptions, given = feeds) {
  const backend = await onnxBackend(typeof engine === "number" ? { threads: engine } : engine);
  const executable = await backend.compile(program);
  try {
    await executable.writeState(nn.initialWeights(parameters, 3));
    const results = [];
    for (let step = 1; step <= 2; step += 1) {
      results.push(await executable.run({ ...given, step: Float32Array.of(step) }));
    }
    return { results, state: await executable.readState() };
  } finally {
    await executable.dispose();
  }
}

const optimizers = {
  AdamW: clipByGlobalNorm(adamw({ epsilon: 1e-4 }), 0.5),
  SGD: clipByGlobalNorm(sgd({ weightDecay: 0.05 }), 0.5),
};

// Every thread of an engine loads ONNX Runtime: seconds on a busy machine.
const patient = { timeout: 60_000 };

describe.for(Object.entries(optimizers))(
  "a batch in parts, with %s",
  patient,
  async ([, optimizer]) => {
    const whole = await train(stepIn(1, { optimizer }), 1);

    test.for([
      ["one after another", 4, 1],
      ["side by side", 2, 2],
      ["side by side and one after another", 8, 2],
      ["one after another in the one session that is allowed", 2, { threads: 2, sessions: 1 }],
    ] as const)("takes the steps of the whole batch %s", async ([, count, engine]) => {
      const divided = await train(stepIn(count, { optimizer }), engine);
      for (const [i, expected] of whole.results.entries()) {
        expect(divided.results[i]!["loss"]).toBeAllClose(expected["loss"]!, { rtol: 1e-5 });
        expect(divided.results[i]!["probabilities"]).toBeAllClose(expected["probabilities"]!, {
          rtol: 1e-4,
          atol: 1e-6,
        });
      }
      for (const [name, { data }] of whole.state) {
        expect(divided.state.get(name)!.data, name).toBeAllClose(data, { rtol: 1e-4, atol: 1e-6 });
      }
    });

    test("gives the same weights, bit for bit, when it is repeated", async () => {
      const step = stepIn(4, { optimizer });
      const [a, b] = [await train(step, 2), await train(step, 2)];
      for (const [name, { data }] of a.state) expect(data).toEqual(b.state.get(name)!.data);
    });
  },
);

describe("a batch in micro-batches", () => {
  test("says how many values the whole batch needs", async () => {
    const images = new Uint8Array(100);
    await expect(train(stepIn(2), 1, { ...feeds, images })).rejects.toThrow(
      "expected 6144 values for images [4, 16, 16, 3] of 2 micro-batches, got 100",
    );
  });

  test("has no state but the optimiser's", async () => {
    const x = ops.input("x", [2]);
    const backend = await onnxBackend({ threads: 1 });
    const program = {
      inputs: [],
      outputs: { x },
      state: [{ input: x, next: ops.add(x, 1) }],
      microBatches: { count: 2, samples: [] },
    };
    await expect(backend.compile(program)).rejects.toThrow("state that only the optimiser changes");
  });

  test("has as many sessions side by side as there are threads, up to four, or as is allowed", async () => {
    const sideBySide = async (options: OnnxOptions) => (await onnxBackend(options)).sideBySide;
    expect(await sideBySide({ threads: 3 })).toBe(3);
    expect(await sideBySide({ threads: 16 })).toBe(4);
    expect(await sideBySide({ threads: 16, sessions: 2 })).toBe(2);
  });

  test("is cut for the sessions side by side, where that comes out even", () => {
    expect(microBatchesOf(32, { sideBySide: 2 }, 4)).toBe(8);
    expect(microBatchesOf(9, { sideBySide: 2 })).toBe(1);
    expect(microBatchesOf(9, { sideBySide: 4 })).toBe(3);
    expect(microBatchesOf(32, {}, 4)).toBe(4);
    expect(() => microBatchesOf(32, {}, 5)).toThrow("a multiple of 5 micro-batches, got 32");
    expect(() => divideBatch(32, 5)).toThrow("a multiple of 5 micro-batches, got 32");
  });
});

describe("recomputation", () => {
  test("gives the same gradients, although attention is one operator the first time", async () => {
    const kept = await train(stepIn(1), 1);
    const again = await train(stepIn(1, { recompute: true }), 1);
    for (const [name, { data }] of kept.state) {
      expect(again.state.get(name)!.data, name).toBeAllClose(data, { rtol: 1e-4, atol: 1e-6 });
    }
  });

  test("computes what lies between two checkpoints twice, and what lies behind the last once", () => {
    const x = ops.input("x", [2]);
    const middle = ops.mul(x, x);
    const loss = ops.sum(ops.exp(ops.exp(middle)));
    const count = (checkpoints: readonly ReturnType<typeof ops.exp>[]) =>
      simplify([loss, ...gradients(loss, [x], checkpoints)]).nodes.filter(({ op }) => op === "exp")
        .length;
    expect(count([])).toBe(2);
    expect(count([x, loss])).toBe(4);
    expect(count([x, middle])).toBe(2);
  });
});
