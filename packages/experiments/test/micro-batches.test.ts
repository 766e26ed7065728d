import { deit, nn, onnxBackend } from "@mvt/core";
import { passesPerImage } from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { scales } from "../src/settings/scales.ts";
import { microBatchCount } from "../src/training/micro-batches.ts";
import { declareClassifier, evaluationProgram, trainingProgram } from "../src/training/programs.ts";
import { measureThroughput } from "../src/training/throughput.ts";

const small = { ...deit.variants["S/16"], classes: 7 };
const nano = { ...deit.variants.nano, classes: 3, depth: 2, width: 32 };

describe("micro-batches", () => {
  test("are four images of DeiT-S at 224, whatever the batch and the threads", () => {
    for (const sideBySide of [1, 2]) {
      expect(microBatchCount({ sideBySide }, small, { batchSize: 32 })).toBe(8);
      expect(microBatchCount({ sideBySide }, small, { batchSize: 8 })).toBe(2);
      expect(microBatchCount({ sideBySide }, small, { batchSize: 2 })).toBe(1);
    }
  });

  test("are one image where a mask generator's discriminator is trained, two where its generator is", () => {
    const { discriminator, generator } = passesPerImage;
    const batch = { batchSize: 32 };
    expect(microBatchCount({ sideBySide: 2 }, small, { ...batch, passes: discriminator })).toBe(32);
    expect(microBatchCount({ sideBySide: 2 }, small, { ...batch, passes: generator })).toBe(16);
  });

  test("are one of a small model", () => {
    expect(microBatchCount({ sideBySide: 2 }, nano, { batchSize: 125 })).toBe(1);
  });

  test("are as many as are asked for, side by side in each", () => {
    expect(microBatchCount({ sideBySide: 2 }, nano, { batchSize: 32, accumulate: 4 })).toBe(8);
    expect(microBatchCount({ sideBySide: 1 }, small, { batchSize: 32, accumulate: 1 })).toBe(1);
  });

  test("are refused where they do not divide the batch, or the engine has none", () => {
    const batch = { batchSize: 32, accumulate: 5 };
    expect(() => microBatchCount({ sideBySide: 2 }, nano, batch)).toThrow(
      "expected a divisor of the batch of 32, got 5",
    );
    expect(() => microBatchCount({}, nano, batch)).toThrow(
      "expected an engine that computes batches in micro-batches",
    );
    expect(microBatchCount({}, small, { batchSize: 32 })).toBe(1);
  });

  test("are those of the run where its throughput is measured", async () => {
    const backend = await onnxBackend({ threads: 1 });
    const training = { ...scales.smoke.training, accumulate: 5 };
    await expect(measureThroughput(backend, { model: nano, training })).rejects.toThrow(
      "expected a divisor of the batch of 32, got 5",
    );
  });
});

describe("a classifier's programs", () => {
  const B = 4;
  const classifier = declareClassifier(nano);
  const initial = nn.initialWeights(classifier.parameters, 1);
  const images = Uint8Array.from({ length: B * 48 * 48 * 3 }, (_, i) => (i * 97) % 251);
  const feeds = {
    images,
    labels: Int32Array.of(0, 1, 2, 1),
    weights: Float32Array.of(1, 1, 1, 0),
    learningRate: Float32Array.of(1e-3),
    step: Float32Array.of(1),
  };

  async function run(program: ReturnType<typeof trainingProgram>) {
    const backend = await onnxBackend({ threads: 1 });
    const executable = await backend.compile(program);
    try {
      await executable.writeState(initial);
      return { results: await executable.run(feeds), state: await executable.readState() };
    } finally {
      await executable.dispose();
    }
  }

  test("train alike, and with activations computed again", async () => {
    const options = { batchSize: B, adamw: { epsilon: 1e-4 } };
    const plain = await run(trainingProgram(classifier, options));
    const saving = await run(
      trainingProgram(classifier, { ...options, microBatches: 4, recompute: true }),
    );
    for (const name of ["loss", "probabilities"]) {
      expect(saving.results[name]).toBeAllClose(plain.results[name]!, { rtol: 1e-4, atol: 1e-6 });
    }
    for (const [name, { data }] of plain.state) {
      expect(saving.state.get(name)!.data, name).toBeAllClose(data, { rtol: 1e-3, atol: 1e-5 });
    }
  });

  test.for([
    ["whole", 4],
    ["in halves", 2],
  ] as const)("predict alike when they go through the model %s", async ([, count]) => {
    const whole = await run(evaluationProgram(classifier, B));
    const parts = await run(evaluationProgram(classifier, B, count));
    expect(parts.results["probabilities"]).toBeAllClose(whole.results["probabilities"]!, {
      rtol: 1e-4,
      atol: 1e-6,
    });
  });
});
