import { countParameters, declareNetwork, deit, nn, ops, random, withBackbone } from "@mvt/core";
import {
  declareGenerator,
  declareMgn,
  discriminatorProgram,
  generateMask,
  generatorConfig,
  generatorFromClassifier,
  generatorProgram,
  type GeneratorConfig,
} from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { backend, evaluate } from "./support/evaluate.ts";
import { runOn } from "./support/run-on.ts";
import { B, backbone, K, m, N, smallBatch } from "./support/small.ts";

const declare = (config: GeneratorConfig) =>
  nn.declareParameters((scope) => declareGenerator(scope, config));

/** Masks of three images of noise, in the given order. */
async function masksOf(config: GeneratorConfig, order: readonly number[]) {
  const { model, parameters } = declare(config);
  const L = 3 * config.patchSize ** 2;
  const pictures = [0, 1, 2].map((i) => {
    const stream = random.stream(i, "picture");
    return Array.from({ length: N * L }, () => stream.normal());
  });
  const patches = ops.constant(Float32Array.from(order.flatMap((i) => pictures[i]!)), [3, N, L]);
  const weights = nn.initialWeights(parameters, 1);
  const { Mp } = await evaluate(
    { Mp: generateMask(model, patches) },
    parameters.map(({ tensor }) => tensor),
    Object.fromEntries([...weights].map(([name, { data }]) => [name, data])),
  );
  return order.map((_, i) => Mp.slice(i * N, (i + 1) * N));
}

describe("a generator from a classifier with average pooling", () => {
  const averaging = { ...backbone, pooling: "average" as const };
  const { parameters } = nn.declareParameters((scope) =>
    declareNetwork(scope, { ...averaging, classes: K }),
  );
  const trained = nn.initialWeights(parameters, 3);
  const config = generatorConfig(averaging, m);

  test("takes its final norm from the classifier's, which has another name", () => {
    const { weights, dropped } = generatorFromClassifier(trained, config, { seed: 4 });
    expect(weights.get("norm.weight")).toBe(trained.get("fc_norm.weight"));
    expect(dropped).not.toContain("fc_norm.weight");
    expect(dropped).toContain("cls_token");
  });

  test("is refused a classifier whose class token goes into the head", () => {
    const { pooling: _pooling, ...plain } = config;
    expect(() => generatorFromClassifier(trained, plain, { seed: 4 })).toThrow(
      "expected norm.weight",
    );
  });
});

describe("a generator", () => {
  test("is the first half of its backbone", () => {
    expect(generatorConfig(deit.variants["S/16"], 0.15).depth).toBe(6); // section 4.2
    expect(generatorConfig({ ...deit.variants.nano, classes: 7 }, 0.15)).toEqual({
      ...deit.variants.nano,
      depth: 2,
      m: 0.15,
    });
  });

  test("of DeiT-S has six blocks, N positions and a head of one number per patch", () => {
    const { parameters } = declare(generatorConfig(deit.variants["S/16"], 0.15));
    const D = 384;
    const block = 3 * D * D + 3 * D + D * D + D + 8 * D * D + 5 * D + 4 * D;
    const embedding = 768 * D + D + 196 * D;
    expect(countParameters(parameters.map(({ name, tensor }) => [name, tensor] as const))).toBe(
      6 * block + embedding + 2 * D + D + 1,
    );
  });

  test("gives one value strictly between 0 and 1 for every patch", async () => {
    const masks = await masksOf({ ...generatorConfig(backbone, m) }, [0, 1, 2]);
    for (const mask of masks) {
      expect(mask).toHaveLength(N);
      for (const value of mask) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(1);
      }
    }
    expect(masks[0]).not.toEqual(masks[1]);
  });

  test("gives an image the same mask whatever else is in the batch", async () => {
    const config = generatorConfig(backbone, m);
    const [a, b, c] = await masksOf(config, [0, 1, 2]);
    const [c2, a2, b2] = await masksOf(config, [2, 0, 1]);
    const [a3] = await masksOf(config, [0, 0, 0]);
    const near = { rtol: 1e-6 };
    expect(a2!).toBeAllClose(a!, near);
    expect(b2!).toBeAllClose(b!, near);
    expect(c2!).toBeAllClose(c!, near);
    expect(a3!).toBeAllClose(a!, near);
  });

  test("starts with masks of area m, or of one half if its head's bias starts at zero", async () => {
    const area = async (config: GeneratorConfig) => {
      const values = (await masksOf(config, [0, 1, 2])).flatMap((mask) => [...mask]);
      return values.reduce((a, b) => a + b) / values.length;
    };
    // A narrow head: the bias alone decides, up to its own noise.
    const narrow = { ...generatorConfig(backbone, 0.15), initStd: 1e-3 };
    expect(await area(narrow)).toBeCloseTo(0.15, 3);
    expect(await area({ ...narrow, headBias: "zero" })).toBeCloseTo(0.5, 3);
  });

  for (const wrong of [0, 1, -0.1, 15, NaN]) {
    test(`refuses m = ${wrong}`, () => {
      expect(() => declare(generatorConfig(backbone, wrong))).toThrow(
        `generator: expected m, the share of the image to remove, between 0 and 1, got ${wrong};`,
      );
    });
  }

  test("refuses an image size that is no multiple of the patch size", () => {
    expect(() => declare({ ...generatorConfig(backbone, m), imageSize: 13 })).toThrow(
      "expected an image size that is a multiple of patch size 4, got 13",
    );
  });
});

describe("a generator from a DeiT", () => {
  const config = generatorConfig(backbone, m);
  const vit = nn.declareParameters((scope) =>
    deit.declareVit(scope, { ...backbone, classes: 3, positions: "sin-cos" }),
  );
  const trained = nn.initialWeights(vit.parameters, 9);
  const start = generatorFromClassifier(trained, config, { seed: 4 });

  test("takes embedding, first blocks and last normalisation as they are", () => {
    for (const name of ["patch_embed.proj.weight", "blocks.0.attn.qkv.weight", "norm.weight"]) {
      expect(start.weights.get(name)!.data).toBe(trained.get(name)!.data);
      expect(start.taken).toContain(name);
    }
  });

  test("takes the positions without the class token's", () => {
    expect(start.weights.get("pos_embed")).toEqual({
      shape: [1, N, 16],
      data: trained.get("pos_embed")!.data.slice(16),
    });
  });

  test("tells what it dropped", () => {
    expect(start.dropped.filter((name) => !name.startsWith("blocks.1."))).toEqual([
      "cls_token",
      "head.weight",
      "head.bias",
      "pos_embed[:, 0]",
    ]);
    expect(start.dropped.filter((name) => name.startsWith("blocks.1."))).toHaveLength(12);
  });

  test("gets a head of its own, from the seed", () => {
    expect(start.initialized).toEqual(["head.weight", "head.bias"]);
    const other = generatorFromClassifier(trained, config, { seed: 5 });
    const again = generatorFromClassifier(trained, config, { seed: 4 });
    const head = ({ weights }: typeof start) => weights.get("head.weight")!.data;
    expect(head(again)).toEqual(head(start));
    expect(head(other)).not.toEqual(head(start));
    expect(start.weights.get("head.bias")!.data).toBeAllClose([Math.log(m / (1 - m))]);
  });

  test("has every parameter, so that a program can start from it", () => {
    const names = declare(config).parameters.map(({ name }) => name);
    expect([...start.weights.keys()].toSorted()).toEqual(names.toSorted());
  });

  test("refuses a DeiT of another size, or with too few blocks", () => {
    const refuse = (changes: Partial<GeneratorConfig>) => () =>
      generatorFromClassifier(trained, { ...config, ...changes }, { seed: 4, source: "deit.pth" });
    expect(refuse({ imageSize: 16 })).toThrow(
      "deit.pth: expected pos_embed [1, 17, 16], got [1, 10, 16];",
    );
    expect(refuse({ depth: 3 })).toThrow(
      "deit.pth: expected blocks.2.norm1.weight [16], got none;",
    );
  });
});

describe("sine-cosine positions", () => {
  test("are DeiT's without the class token's row", () => {
    const sinCos = { ...generatorConfig(backbone, m), positions: "sin-cos" as const };
    const { parameters } = nn.declareParameters((scope) =>
      deit.declareVit(scope, { ...backbone, classes: 3, positions: "sin-cos" }),
    );
    const vit = nn.initialWeights(parameters, 0).get("pos_embed")!.data;
    const own = nn.initialWeights(declare(sinCos).parameters, 0).get("pos_embed")!;
    expect(own).toEqual({ shape: [1, N, 16], data: vit.slice(16) });
  });
});

describe("a generator of a backbone with registers and LayerScale", () => {
  const registers = withBackbone(backbone, "dinov2-reg");
  const config = generatorConfig(registers, m);
  const classifier = nn.declareParameters((scope) =>
    declareNetwork(scope, { ...registers, classes: 3 }),
  );
  const trained = nn.initialWeights(classifier.parameters, 9);
  const start = generatorFromClassifier(trained, config, { seed: 4 });
  const { model, parameters } = declare(config);

  test("has the register tokens, N positions, and LayerScale in its blocks", () => {
    const shapes = new Map(parameters.map(({ name, tensor }) => [name, tensor.shape]));
    expect(shapes.get("reg_token")).toEqual([1, 4, 16]);
    expect(shapes.get("pos_embed")).toEqual([1, N, 16]);
    expect(shapes.get("blocks.0.ls1.gamma")).toEqual([16]);
    expect(shapes.get("blocks.0.ls2.gamma")).toEqual([16]);
    expect(shapes.has("cls_token")).toBe(false);
  });

  test("starts with the classifier's registers, positions and blocks as they are", () => {
    for (const name of ["reg_token", "pos_embed", "blocks.0.ls1.gamma", "norm.weight"]) {
      expect(start.weights.get(name)!.data, name).toBe(trained.get(name)!.data);
      expect(start.taken).toContain(name);
    }
    expect(start.dropped.filter((name) => !name.startsWith("blocks.1."))).toEqual([
      "cls_token",
      "head.weight",
      "head.bias",
    ]);
  });

  test("gives one value per patch, for which the blocks have seen the registers", async () => {
    const stream = random.stream(2, "patches");
    const data = Float32Array.from({ length: N * 48 }, () => stream.normal());
    const patches = ops.constant(data, [1, N, 48]);
    // The paper's tokens with the registers before them; LayerScale at 1, so that blocks matter.
    const weights = new Map(
      [...start.weights].map(([name, { shape, data: values }]) => [
        name,
        { shape, data: name.endsWith(".gamma") ? values.map(() => 1) : values },
      ]),
    );
    const embedded = nn.linear(
      { weight: ops.reshape(model.patchEmbed.weight, [16, 48]), bias: model.patchEmbed.bias },
      patches,
    );
    const placed = ops.add(embedded, model.posEmbed);
    const z = nn.block(model.blocks[0]!, ops.concat([model.regToken!, placed], 1));
    const rows = ops.slice(z, 1, 4, 4 + N);
    const logits = nn.linear(model.head, nn.layerNorm(model.norm, rows));
    const without = nn.linear(
      model.head,
      nn.layerNorm(model.norm, nn.block(model.blocks[0]!, placed)),
    );
    const results = await evaluate(
      {
        Mp: generateMask(model, patches),
        expected: ops.sigmoid(logits),
        without: ops.sigmoid(without),
      },
      parameters.map(({ tensor }) => tensor),
      Object.fromEntries([...weights].map(([name, array]) => [name, array.data])),
    );
    expect(results.Mp).toHaveLength(N);
    expect(results.Mp).toBeAllClose(results.expected, { rtol: 1e-6 });
    const differences = results.Mp.map((value, i) => Math.abs(value - results.without[i]!));
    expect(Math.max(...differences)).toBeGreaterThan(1e-3);
  });

  test("refuses a classifier of another backbone", () => {
    const refuse = (from: typeof trained, into: GeneratorConfig) => () =>
      generatorFromClassifier(from, into, { seed: 4, source: "classifier" });
    const plain = nn.initialWeights(
      nn.declareParameters((scope) => declareNetwork(scope, { ...backbone, classes: 3 }))
        .parameters,
      9,
    );
    expect(refuse(plain, config)).toThrow("classifier: expected reg_token [1, 4, 16], got none;");
    for (const other of ["deit", "deit3"] as const) {
      expect(refuse(trained, generatorConfig(withBackbone(backbone, other), m))).toThrow(
        "classifier: expected no reg_token, for which this generator has no parameter;",
      );
    }
  });

  test("trains against a discriminator of the same backbone, registers and all", async () => {
    const mgn = declareMgn(config, { ...registers, classes: K });
    const all = [...mgn.generator.parameters, ...mgn.discriminator.parameters];
    const weights = nn.initialWeights(all, 1);
    const { images, labels, weights: sampleWeights } = smallBatch();
    const sides = {
      generator: generatorProgram(mgn, { batchSize: B }),
      discriminator: discriminatorProgram(mgn, { batchSize: B }),
    };
    for (const [side, program] of Object.entries(sides)) {
      const feeds = { images, labels, weights: sampleWeights, randomMask: new Float32Array(B * N) };
      const inputs = new Set(
        program.inputs.map(({ node }) => (node.params as { name: string }).name),
      );
      const { results, state } = await runOn(
        backend,
        program,
        weights,
        {
          ...Object.fromEntries(Object.entries(feeds).filter(([name]) => inputs.has(name))),
          learningRate: Float32Array.of(1e-2),
        },
        2,
      );
      const loss = results[side === "generator" ? "LG" : "LD"]!;
      expect(loss[0]).toBeGreaterThan(0);
      for (const name of ["reg_token", "blocks.0.ls1.gamma"]) {
        const after = state.get(`${side}.${name}`)!.data;
        expect(after, name).not.toEqual(weights.get(`${side}.${name}`)!.data);
      }
    }
  });
});
