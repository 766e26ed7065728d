import { countParameters, deit, nn, ops, random } from "@mvt/core";
import {
  declareGenerator,
  generateMask,
  generatorConfig,
  generatorFromDeit,
  type GeneratorConfig,
} from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { evaluate } from "./support/evaluate.ts";
import { backbone, m, N } from "./support/small.ts";

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
  const start = generatorFromDeit(trained, config, { seed: 4 });

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
    const other = generatorFromDeit(trained, config, { seed: 5 });
    const again = generatorFromDeit(trained, config, { seed: 4 });
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
      generatorFromDeit(trained, { ...config, ...changes }, { seed: 4, source: "deit.pth" });
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
