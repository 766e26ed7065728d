/** @file Options of fine-tuning in a run: what they change, and that they are off unless they are asked for. */
import { decodeSafetensors, deit, nn, onnxBackend, ops } from "@mvt/core";
import type { Program, Weights } from "@mvt/core";
import { temporaryFolder } from "@mvt/testing/folder";
import { describe, expect, onTestFinished, test } from "vitest";
import { exportProgram } from "../src/export/export-program.ts";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { override, settings, trainingConfig } from "../src/settings/training.ts";
import { endsEarly } from "../src/training/early-stopping.ts";
import { startingWeights } from "../src/training/starting-weights.ts";
import { declareClassifier, evaluationProgram, trainingProgram } from "../src/training/programs.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { folderOf, readMetrics, resultOf, train } from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";

type Training = ClassifierConfig["training"];

function tiny(training: Partial<Training> = {}): TinyRun {
  const model = { ...tinyConfig.model, classes: 3 };
  const config = { ...tinyConfig, model, training: { ...tinyConfig.training, ...training } };
  return { config, data: tinyData(model) };
}

/** Trains the run in a folder of its own. */
async function trained(run: TinyRun) {
  const runs = await temporaryFolder(onTestFinished);
  await train(run, runs);
  const folder = folderOf(run, runs);
  const read = async (file: "last.safetensors" | "validation-best.safetensors") =>
    decodeSafetensors((await folder.read(file))!, file).weights;
  return {
    last: await read("last.safetensors"),
    best: await read("validation-best.safetensors"),
    metrics: await readMetrics(run, runs),
    result: await resultOf(run, runs),
    predictions: String(await folder.read("predictions.csv")),
  };
}

/** The weights that the run begins with. */
function startOf({ config }: TinyRun): Weights {
  return startingWeights(declareClassifier(config.model).parameters, config.seed);
}

/** How far the weights are from others, by parameter. */
function distances(weights: Weights, others: Weights): ReadonlyMap<string, number> {
  return new Map(
    [...weights].map(([name, { data }]) => {
      const other = others.get(name)!.data;
      return [name, Math.sqrt(data.reduce((sum, x, i) => sum + (x - other[i]!) ** 2, 0))];
    }),
  );
}

describe("layerDecay", () => {
  test("moves layers the less, the further they are from the head", async () => {
    const run = tiny({ layerDecay: 1e-3 });
    const moved = distances((await trained(run)).last, startOf(run));
    expect(moved.get("head.weight")).toBeGreaterThan(1e-2);
    expect(moved.get("blocks.0.mlp.fc1.weight")).toBeLessThan(1e-2);
    expect(moved.get("blocks.0.mlp.fc1.weight")).toBeGreaterThan(1e-5);
    expect(moved.get("patch_embed.proj.weight")).toBeLessThan(1e-5);
  });
});

describe("ema", () => {
  test("leaves the averages behind: at a decay of 0 the weights themselves", async () => {
    const [plain, averaged] = [await trained(tiny()), await trained(tiny({ ema: { decay: 0 } }))];
    expect(averaged.last).toEqual(plain.last);
    expect(averaged.best).toEqual(plain.best);
    expect(averaged.predictions).toEqual(plain.predictions);
  });

  test("evaluates the averages: near a decay of 1 the starting weights", async () => {
    const run = tiny({ ema: { decay: 0.999999 } });
    const [plain, averaged] = [await trained(tiny()), await trained(run)];
    for (const [name, distance] of distances(averaged.last, startOf(run))) {
      expect(distance, name).toBeLessThan(1e-4);
    }
    // The steps are the same; what is validated and tested hardly changes.
    const training = ({ metrics }: typeof plain) => metrics.map(({ loss, train: k }) => [loss, k]);
    expect(training(averaged)).toEqual(training(plain));
    const [first] = averaged.metrics;
    for (const { validation, test: count } of averaged.metrics) {
      expect([validation, count]).toEqual([first!.validation, first!.test]);
    }
  });
});

describe("sam", () => {
  test("reports what the first pass computed, and then steps elsewhere", async () => {
    const schedule = { ...tinyConfig.training.schedule, warmupEpochs: 0 };
    const one = { epochs: 1, batchSize: 24, schedule };
    const [plain, flat] = [
      await trained(tiny(one)),
      await trained(tiny({ ...one, sam: { rho: 0.5 } })),
    ];
    expect(flat.metrics[0]!.loss).toBe(plain.metrics[0]!.loss);
    expect(flat.last.get("head.weight")).not.toEqual(plain.last.get("head.weight"));
  });

  test("is near the plain steps when the point is near the weights", async () => {
    const [plain, near] = [await trained(tiny()), await trained(tiny({ sam: { rho: 1e-7 } }))];
    for (const [name, distance] of distances(near.last, plain.last)) {
      expect(distance, name).toBeLessThan(1e-2);
    }
  });

  test("is refused in half precision, before anything trains", () => {
    const { training } = tinyConfig;
    const set = ["sam.rho=0.05", "precision=float16"];
    expect(() => override(trainingConfig, training, set)).toThrow("expected precision=float32");
    const options = { batchSize: 8, sam: { rho: 0.1 }, precision: "float16" } as const;
    expect(() => trainingProgram(declareClassifier(tinyConfig.model), options)).toThrow(
      "expected precision float32",
    );
  });
});

describe("earlyStopping", () => {
  const counts = (ks: readonly number[]) =>
    ks.map((k, i) => ({ epoch: i + 1, train: { k: 1, n: 10 }, validation: { k, n: 10 } }));
  const ends = (ks: readonly number[], earlyStopping: NonNullable<Training["earlyStopping"]>) =>
    endsEarly({ epochs: 8, earlyStopping }, counts(ks));

  test("ends after so many epochs without a better one", () => {
    expect(ends([3, 5, 5], { patience: 2 })).toBeUndefined();
    expect(ends([3, 5, 5, 4], { patience: 2 })).toBe(
      "stopped after epoch 4: no epoch since epoch 2 was better on validation images (50.0 %)",
    );
    expect(ends([3, 5, 5, 4, 6], { patience: 3 })).toBeUndefined();
  });

  test("wants improvements of more than minDelta, each over the last one that counted", () => {
    expect(ends([3, 4, 5, 6], { patience: 3, minDelta: 0.15 })).toBeUndefined(); // 5 is 2 better than 3
    expect(ends([3, 4, 4, 4], { patience: 3, minDelta: 0.1 })).toBe(
      "stopped after epoch 4: no epoch since epoch 1 was better by more than 10.0 points on validation images (30.0 %)",
    );
  });

  test("says nothing after the last epoch", () => {
    expect(
      endsEarly({ epochs: 3, earlyStopping: { patience: 1 } }, counts([3, 2, 2])),
    ).toBeUndefined();
  });

  test("ends the run, which says why", async () => {
    const whole = await trained(tiny({ epochs: 12 }));
    const right = whole.metrics.map(({ validation }) => validation.k);
    const last = right.findIndex((k, i) => i > 0 && k <= Math.max(...right.slice(0, i))) + 1;
    expect(last).toBeGreaterThan(0);
    const { metrics, result } = await trained(tiny({ epochs: 12, earlyStopping: { patience: 1 } }));
    expect(metrics).toHaveLength(last);
    expect(metrics.map(({ loss }) => loss)).toEqual(
      whole.metrics.slice(0, last).map(({ loss }) => loss),
    );
    expect(result).toMatchObject({ epochs: last, last: { epoch: last } });
    expect(result.stopped).toMatch(`stopped after epoch ${last}: no epoch since epoch`);
    expect(whole.result).not.toHaveProperty("stopped");
  });
});

/** The image [S, S, 3] mirrored byte by byte. */
function mirroredBytes(image: Uint8Array, S: number): Uint8Array {
  return image.map((_, i) => {
    const [row, column, channel] = [Math.floor(i / (3 * S)), Math.floor(i / 3) % S, i % 3];
    return image[(row * S + (S - 1 - column)) * 3 + channel]!;
  });
}

describe("testFlip", () => {
  const model = { ...tinyConfig.model, classes: 3 };
  const S = model.imageSize;
  const images = Uint8Array.from({ length: 4 * S * S * 3 }, (_, i) => (i * 7919) % 256);
  const flipped = Uint8Array.from(
    [0, 1, 2, 3].flatMap((i) => [
      ...mirroredBytes(images.subarray(i * S * S * 3, (i + 1) * S * S * 3), S),
    ]),
  );
  const start = nn.initialWeights(declareClassifier(model).parameters, 0);
  const probabilities = async (program: Program, given: Uint8Array | Float32Array) => {
    const executable = await (await onnxBackend({ threads: 1 })).compile(program);
    await executable.writeState(start);
    const results = await executable.run({ images: given });
    await executable.dispose();
    return results["probabilities"]!;
  };

  test("mirrors exactly as the bytes are mirrored", async () => {
    const x = ops.input("images", [4, S, S, 3], "uint8");
    const mirrored = deit.mirror(x, model.patchSize);
    const program = { inputs: [x], outputs: { probabilities: mirrored }, state: [] };
    const executable = await (await onnxBackend({ threads: 1 })).compile(program);
    const results = await executable.run({ images });
    expect([...results["probabilities"]!]).toEqual([...flipped]);
    await executable.dispose();
  });

  test("predicts the mean of both, in one batch or in micro-batches", async () => {
    const [own, other] = [
      await probabilities(evaluationProgram(declareClassifier(model), 4), images),
      await probabilities(evaluationProgram(declareClassifier(model), 4), flipped),
    ];
    const expected = own.map((p, i) => (p + other[i]!) / 2);
    const averaging = declareClassifier(model, undefined, { testFlip: true });
    expect(await probabilities(evaluationProgram(averaging, 4), images)).toBeAllClose(expected);
    expect(await probabilities(evaluationProgram(averaging, 4, 2), images)).toBeAllClose(expected);
    expect(own).not.toEqual(other);
  });

  test("is part of an exported model, from bytes and from pixels", async () => {
    const averaging = declareClassifier(model, undefined, { testFlip: true });
    const expected = await probabilities(evaluationProgram(averaging, 4), images);
    const bytes = exportProgram(averaging, "bytes", 4);
    expect(await probabilities(bytes, images)).toBeAllClose(expected, { rtol: 1e-5 });
    const pixels = Float32Array.from({ length: images.length }, (_, i) => {
      const [image, at] = [Math.floor(i / (3 * S * S)), i % (3 * S * S)];
      const [channel, position] = [Math.floor(at / (S * S)), at % (S * S)];
      const value = images[(image * S * S + position) * 3 + channel]! / 255;
      return (value - deit.imagenet.mean[channel]!) / deit.imagenet.std[channel]!;
    });
    const planar = exportProgram(averaging, "pixels", 4);
    expect(await probabilities(planar, pixels)).toBeAllClose(expected, { rtol: 1e-4, atol: 1e-6 });
  });

  test("is how a run is validated and tested", async () => {
    const [plain, averaged] = [await trained(tiny()), await trained(tiny({ testFlip: true }))];
    expect(averaged.last).toEqual(plain.last); // it trains as before
    expect(averaged.predictions).not.toEqual(plain.predictions);
  });
});

describe("a configuration without these options", () => {
  test("has no new field", () => {
    const changed = override(settings.partial(), tinyConfig.training, ["epochs=5"]);
    expect(Object.keys(changed).toSorted()).toEqual(Object.keys(tinyConfig.training).toSorted());
  });

  test("has the training program that it always had", () => {
    const { optimizer: _, ...training } = tinyConfig.training;
    const { inputs, state } = trainingProgram(declareClassifier(tinyConfig.model), training);
    const names = (tensors: Program["inputs"]) =>
      tensors.map(({ node }) => (node.params as { readonly name: string }).name);
    expect(names(inputs)).toEqual(["images", "labels", "weights", "learningRate", "step"]);
    const parameters = declareClassifier(tinyConfig.model).parameters.map(({ name }) => name);
    expect(names(state.map(({ input }) => input))).toEqual(
      parameters.flatMap((name) => [name, `adamw.m/${name}`, `adamw.v/${name}`]),
    );
  });
});
