/** Options of fine-tuning against what timm and PyTorch make of a small network in ten steps (golden/optim.py). */
import {
  adamw,
  averagesOf,
  backbones,
  clipByGlobalNorm,
  compileStep,
  declareNetwork,
  deit,
  layerDecay,
  minimize,
  nn,
  ops,
  sgd,
  sharpnessAware,
  traceNetwork,
  withAverage,
  withRates,
  withStartingAverages,
} from "@mvt/core";
import type { Backend, Optimizer, Program, Weights } from "@mvt/core";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { compileMultiStepState } from "../src/backends/onnx/multi-step-state.ts";
import { backend as cpu } from "./support/evaluate.ts";
import { golden } from "./support/golden.ts";
import { inOneGraph } from "./support/small-training.ts";
import { tfjsBackends } from "./support/tfjs.ts";

const file = golden("optim");
const near = { rtol: 1e-4, atol: 2e-6 };

const { model, parameters } = nn.declareParameters((scope) =>
  declareNetwork(scope, {
    ...backbones["dinov2-reg"].of({
      imageSize: 16,
      patchSize: 8,
      width: 8,
      depth: 2,
      heads: 2,
      mlpRatio: 2,
    }),
    registers: 2,
    classes: 3,
  }),
);
const names = parameters.map(({ name }) => name);
const tensors = parameters.map(({ tensor }) => tensor);
const start: Weights = new Map(names.map((name) => [name, file.array(name)]));

/** A step on the loss of a batch of four images, or on that of so many micro-batches. */
function stepOf(optimizer: Optimizer, count = 1): Program {
  const b = 4 / count;
  const images = ops.input("images", [b, 16, 16, 3], "uint8");
  const labels = ops.input("labels", [b], "int32");
  const ones = (n: number) => ops.constant(new Float32Array(n).fill(1), [n]);
  const pixels = deit.normalizePixels(deit.toPixels(deit.patchify(images, 8)));
  const { logits } = traceNetwork(model, pixels);
  const loss = nn.crossEntropy(logits, labels, ones(b), ones(4));
  const program: Program = {
    inputs: [images, labels],
    outputs: { loss },
    state: [],
    microBatches: count === 1 ? undefined : { count, samples: [images, labels], sums: ["loss"] },
  };
  return minimize(program, { loss, parameters: tensors, optimizer });
}

/** The state after so many of the ten steps. */
async function train(
  program: Program,
  { backend = cpu, place = (as) => as }: Placement = {},
  steps = 10,
): Promise<Weights> {
  const executable = await compileStep(backend, place(program));
  await executable.writeState(withStartingAverages(start));
  const feeds = Array.from({ length: steps }, (_, step) => ({
    images: Uint8Array.from(file.data(`images.${step % 2}`)),
    labels: Int32Array.from(file.data(`labels.${step % 2}`)),
    learningRate: Float32Array.of(1e-2),
    step: Float32Array.of(step + 1),
  }));
  if (executable.multiStep) await executable.multiStep.run(feeds);
  else for (const given of feeds) await executable.run(given);
  const state = await executable.readState();
  await executable.dispose();
  return state;
}

function expectWeights(actual: Weights, option: string): void {
  for (const name of names) {
    expect(actual.get(name)!.data, name).toBeAllClose(file.data(`${option}/${name}`), near);
  }
}

const usual = adamw({ betas: [0.9, 0.99], epsilon: 1e-4, weightDecay: 0.05 });

/** Where a step is computed, and in how many micro-batches. */
interface Placement {
  readonly backend?: Backend;
  readonly count?: number;
  readonly place?: (program: Program) => Program;
}

const multiStep: Backend = {
  ...cpu,
  compile: (program) => compileMultiStepState(ort, program, { threads: 1 }),
};
const placements: readonly (readonly [string, Placement])[] = [
  ["on the CPU", {}],
  ["on the CPU in one graph", { place: inOneGraph }],
  ["on the CPU in micro-batches", { count: 4 }],
  ["several steps in one call", { backend: multiStep }],
  ...tfjsBackends.map(([engine, backend]) => [`with ${engine}`, { backend }] as const),
];

describe("layer-wise learning rate decay", () => {
  const decayed = withRates(usual, layerDecay(0.65, 2));

  test.for(placements)("takes the steps of AdamW on timm's groups %s", async ([, placement]) => {
    expectWeights(await train(stepOf(decayed, placement.count), placement), "layer-decay");
  });

  test("counts layers from the patches to the head", () => {
    const rate = layerDecay(0.5, 3);
    const layers = [
      ["patch_embed.proj.weight", "pos_embed", "cls_token", "reg_token"],
      ["blocks.0.norm1.weight"],
      ["blocks.1.attn.qkv.bias"],
      ["blocks.2.ls2.gamma", "norm.weight", "norm.bias"],
      ["head.weight", "head.bias"],
    ];
    for (const [layer, of] of layers.entries()) {
      for (const name of of) expect(rate(name), name).toBe(0.5 ** (4 - layer));
    }
  });

  test("changes nothing at a decay of 1", async () => {
    const plain = await train(stepOf(usual));
    expect(await train(stepOf(withRates(usual, layerDecay(1, 2))))).toEqual(plain);
  });

  test("scales the whole step of SGD, with its weight decay", async () => {
    const [p, x] = [ops.input("blocks.0.w", [1, 2]), ops.input("x", [1, 2])];
    const optimizer = withRates(
      sgd({ momentum: 0, weightDecay: 0.5, decays: () => true }),
      layerDecay(0.5, 1),
    );
    const loss = ops.sum(ops.mul(p, x));
    const program = minimize(
      { inputs: [x], outputs: { loss }, state: [] },
      { loss, parameters: [p], optimizer },
    );
    const executable = await cpu.compile(program);
    await executable.writeState(
      new Map([["blocks.0.w", { shape: [1, 2], data: Float32Array.of(2, -4) }]]),
    );
    const [learningRate, step] = [Float32Array.of(0.1), Float32Array.of(1)];
    await executable.run({ x: Float32Array.of(1, 3), learningRate, step });
    // Half of the step: 0.05 (g + 0.5 p).
    const { data } = (await executable.readState()).get("blocks.0.w")!;
    expect(data).toBeAllClose([2 - 0.05 * 2, -4 - 0.05 * 1]);
    await executable.dispose();
  });
});

describe("the moving average of the weights", () => {
  test.for(placements)("is that of timm's ModelEmaV3 %s", async ([, placement]) => {
    const program = stepOf(withAverage(usual, 0.8), placement.count);
    expectWeights(averagesOf(await train(program, placement)), "ema");
  });

  test("is what a loop by hand gives, and leaves the weights as they would be", async () => {
    const d = 0.7;
    const expected = new Map([...start].map(([name, { data }]) => [name, Float64Array.from(data)]));
    for (let steps = 1; steps <= 4; steps += 1) {
      const plain = await train(stepOf(usual), {}, steps);
      for (const [name, e] of expected) {
        const p = plain.get(name)!.data;
        for (let i = 0; i < e.length; i += 1) e[i] = d * e[i]! + (1 - d) * p[i]!;
      }
      const state = await train(stepOf(withAverage(usual, d)), {}, steps);
      for (const [name, { data }] of plain) expect(state.get(name)!.data, name).toEqual(data);
      const averages = averagesOf(state);
      for (const [name, e] of expected) {
        expect(averages.get(name)!.data, name).toBeAllClose(e, { rtol: 1e-5, atol: 1e-6 });
      }
    }
  });

  test("is kept by every optimiser, also in micro-batches", async () => {
    const [whole, parts] = [
      await train(stepOf(withAverage(sgd(), 0.5))),
      await train(stepOf(withAverage(sgd(), 0.5), 2)),
    ];
    for (const [name, { data }] of whole) {
      expect(parts.get(name)!.data, name).toBeAllClose(data, near);
    }
    expect(averagesOf(whole).size).toBe(names.length);
  });

  test("does not move at a step that loss scaling refuses", async () => {
    const [p, x] = [ops.input("p", [2]), ops.input("x", [2])];
    const loss = ops.sum(ops.mul(p, x));
    const optimizer = withAverage(sgd({ momentum: 0 }), 0.5);
    const objective = { loss, parameters: [p], optimizer, lossScaling: {} };
    const executable = await cpu.compile(
      minimize({ inputs: [x], outputs: { loss }, state: [] }, objective),
    );
    const weights = new Map([["p", { shape: [2], data: Float32Array.of(1, 2) }]]);
    await executable.writeState(withStartingAverages(weights));
    const [learningRate, step] = [Float32Array.of(0.1), Float32Array.of(1)];
    await executable.run({ x: Float32Array.of(Infinity, 1), learningRate, step });
    expect(averagesOf(await executable.readState()).get("p")!.data).toEqual(Float32Array.of(1, 2));
    await executable.run({ x: Float32Array.of(1, 1), learningRate, step });
    const { data } = averagesOf(await executable.readState()).get("p")!;
    expect(data).toBeAllClose([1 - 0.05, 2 - 0.05]);
    await executable.dispose();
  });
});

describe("sharpness-aware minimisation", () => {
  const variants = [
    ["SGD", sgd({ weightDecay: 5e-4 }), { rho: 0.1 }, "sam-sgd"],
    ["AdamW and clipped gradients", clipByGlobalNorm(usual, 0.5), { rho: 0.1 }, "sam-adamw"],
    ["AdamW, adaptively,", usual, { rho: 0.5, adaptive: true }, "sam-adaptive"],
  ] as const;
  for (const [name, optimizer, options, option] of variants) {
    test.for(placements)(`takes the steps of PyTorch with ${name} %s`, async ([, placement]) => {
      const program = sharpnessAware(stepOf(optimizer, placement.count), options);
      expectWeights(await train(program, placement), option);
    });
  }

  test("goes with averages and layer decay, wherever it is computed", async () => {
    const optimizer = withAverage(withRates(usual, layerDecay(0.7, 2)), 0.9);
    const [whole, parts, placed] = [
      await train(sharpnessAware(stepOf(optimizer), { rho: 0.2 })),
      await train(sharpnessAware(stepOf(optimizer, 2), { rho: 0.2 })),
      await train(sharpnessAware(stepOf(optimizer), { rho: 0.2 }), { place: inOneGraph }),
    ];
    expect(averagesOf(whole).size).toBe(names.length);
    for (const [name, { data }] of whole) {
      expect(parts.get(name)!.data, name).toBeAllClose(data, near);
      expect(placed.get(name)!.data, name).toBeAllClose(data, near);
    }
  });

  test("keeps no state of its own between runs", async () => {
    const [plain, sharp] = [
      await train(stepOf(usual), {}, 1),
      await train(sharpnessAware(stepOf(usual), { rho: 0.1 }), {}, 1),
    ];
    expect([...sharp.keys()]).toEqual([...plain.keys()]);
  });

  test("is computed by AdamW's kernel, unless it is adaptive", () => {
    const fusedOf = (adaptive: boolean) =>
      sharpnessAware(stepOf(usual), { rho: 0.1, adaptive }).update!.fused;
    expect(fusedOf(false)!.sam).toMatchObject({ rho: 0.1 });
    expect(fusedOf(true)).toBeUndefined();
  });

  test("wants a program that an optimiser steps", () => {
    expect(() => sharpnessAware({ ...stepOf(usual), update: undefined }, { rho: 0.1 })).toThrow(
      "expected a program with an optimiser",
    );
  });
});
