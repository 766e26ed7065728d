import { nn } from "@mvt/core";
import type { Feeds, NdArray, Program, Weights } from "@mvt/core";
import {
  declareMgn,
  discriminatorProgram,
  discriminatorScope,
  generatorProgram,
  generatorScope,
  maskProgram,
} from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { backend } from "./support/evaluate.ts";
import { golden } from "./support/golden.ts";
import { runOn } from "./support/run-on.ts";
import { B, backbone, K, m, N, smallBatch, smallMgn } from "./support/small.ts";

const runOnce = (program: Program, weights: Weights, feeds: Feeds, steps = 1) =>
  runOn(backend, program, weights, feeds, steps);

describe("a training step", () => {
  const file = golden("training-step");
  const generatorConfig = {
    imageSize: 12,
    patchSize: 4,
    width: 8,
    depth: 1,
    heads: 2,
    mlpRatio: 2,
    m: 0.3,
  };
  const { m: _, ...shared } = generatorConfig;
  const mgn = declareMgn(generatorConfig, { ...shared, width: 12, depth: 2, heads: 3, classes: 5 });
  const feeds = {
    images: Uint8Array.from(file.data("images")),
    labels: Int32Array.from(file.data("labels")),
    weights: new Float32Array(3).fill(1),
    randomMask: file.data("randomMask"),
    learningRate: Float32Array.of(0),
  };
  const sides = {
    discriminator: {
      program: discriminatorProgram(mgn, { batchSize: 3 }),
      names: ["LD", "probabilitiesGm", "probabilitiesRm", "Mp"],
    },
    generator: {
      program: generatorProgram(mgn, { batchSize: 3 }),
      names: ["LG", "variance", "probabilitiesGm", "Mp"],
    },
  };

  for (const [side, { program, names }] of Object.entries(sides)) {
    test(`of the ${side} has PyTorch's losses, probabilities and masks`, async () => {
      const { results } = await runOnce(program, file.weights, feeds);
      for (const name of names) {
        expect(results[name]!, name).toBeAllClose(file.data(name), { rtol: 1e-5, atol: 1e-6 });
      }
    });

    test(`of the ${side} has PyTorch's gradient for every parameter`, async () => {
      const { update, ...rest } = program;
      const own = mgn[side as keyof typeof sides].parameters.map(({ name }) => name);
      const gradients = Object.fromEntries(
        update!.gradients.map((gradient, i) => [own[i]!, gradient]),
      );
      // All state is frozen.
      const state = rest.state.map(({ input, initial }) => ({ input, initial }));
      const { results } = await runOnce(
        { ...rest, outputs: gradients, state },
        file.weights,
        feeds,
      );
      expect(Object.keys(results)).toEqual(own);
      for (const name of own) {
        const tolerance = { rtol: 1e-4, atol: 2e-6 };
        expect(results[name]!, name).toBeAllClose(file.data(`d/${name}`), tolerance);
      }
    });
  }
});

describe("training one side", () => {
  const mgn = smallMgn();
  const changedBy = (before: Weights, after: Weights, scope: string) =>
    [...before.keys()].filter(
      (name) => name.startsWith(`${scope}.`) && !same(before.get(name)!, after.get(name)!),
    );
  const same = (a: NdArray, b: NdArray) => a.data.every((value, i) => Object.is(value, b.data[i]));
  const feeds = {
    ...smallBatch(),
    randomMask: Float32Array.from({ length: B * N }, (_, i) => Number(i % 3 === 0)),
    learningRate: Float32Array.of(1e-2),
  };

  test("on L_D leaves every weight of the generator untouched", async () => {
    const program = discriminatorProgram(mgn, { batchSize: B });
    const { state } = await runOnce(program, mgn.weights, feeds, 4);
    expect(changedBy(mgn.weights, state, generatorScope)).toEqual([]);
    const own = mgn.discriminator.parameters.map(({ name }) => name);
    expect(changedBy(mgn.weights, state, discriminatorScope)).toEqual(own);
  });

  test("on L_G leaves every weight of the discriminator untouched", async () => {
    const program = generatorProgram(mgn, { batchSize: B });
    const { state } = await runOnce(program, mgn.weights, feeds, 4);
    expect(changedBy(mgn.weights, state, discriminatorScope)).toEqual([]);
    const own = mgn.generator.parameters.map(({ name }) => name);
    expect(changedBy(mgn.weights, state, generatorScope)).toEqual(own);
  });

  const black = { ...feeds, images: feeds.images.slice().fill(0, (B - 1) * 12 * 12 * 3) };
  for (const [side, program, loss] of [
    ["discriminator", discriminatorProgram(mgn, { batchSize: B }), "LD"],
    ["generator", generatorProgram(mgn, { batchSize: B }), "LG"],
  ] as const) {
    test(`does not see samples of weight zero: ${side}`, async () => {
      const [one, other] = [
        await runOnce(program, mgn.weights, feeds),
        await runOnce(program, mgn.weights, black),
      ];
      expect(one.results["Mp"]).not.toEqual(other.results["Mp"]);
      expect(one.results[loss]).toEqual(other.results[loss]);
    });
  }

  test("shows the discriminator M_p, or 1 - M_p under the other polarity", async () => {
    const inverted = { ...feeds, randomMask: feeds.randomMask.map((value) => 1 - value) };
    const remove = discriminatorProgram(mgn, { batchSize: B });
    const keep = discriminatorProgram(mgn, { batchSize: B, polarity: "keep" });
    const a = await runOnce(remove, mgn.weights, feeds);
    const b = await runOnce(keep, mgn.weights, inverted);
    expect(b.results["probabilitiesRm"]!).toBeAllClose(a.results["probabilitiesRm"]!);
    expect(b.results["probabilitiesGm"]).not.toEqual(a.results["probabilitiesGm"]);
  });

  test("takes the weight of the area term from its options", async () => {
    const program = generatorProgram(mgn, { batchSize: B, loss: { lambda: 5 } });
    const { results } = await runOnce(program, mgn.weights, feeds);
    const expected = results["variance"]![0]! + 5 * results["area"]![0]!;
    expect(results["LG"]!).toBeAllClose([expected]);
  });

  test("gives the masks that the mask program gives", async () => {
    const { results } = await runOnce(
      maskProgram(mgn.generator, { batchSize: B }),
      mgn.weights,
      feeds,
    );
    const step = await runOnce(generatorProgram(mgn, { batchSize: B }), mgn.weights, feeds);
    expect(results["Mp"]!).toBeAllClose(step.results["Mp"]!, { rtol: 1e-6 });
  });
});

describe("generator and discriminator", () => {
  test("have names of their own in a program", () => {
    const { generator, discriminator } = smallMgn();
    expect(generator.parameters[0]!.name).toBe("generator.pos_embed");
    expect(discriminator.parameters[0]!.name).toBe("discriminator.cls_token");
  });

  test("must cut images into the same patches", () => {
    expect(() => declareMgn({ ...backbone, m }, { ...backbone, patchSize: 6, classes: K })).toThrow(
      "MGN: expected one patchSize for generator and discriminator, got 4 and 6;",
    );
  });

  test("start from streams of their own", () => {
    const { generator, discriminator } = smallMgn();
    const weights = nn.initialWeights([...generator.parameters, ...discriminator.parameters], 1);
    expect(weights.get("generator.patch_embed.proj.weight")!.data).not.toEqual(
      weights.get("discriminator.patch_embed.proj.weight")!.data,
    );
  });
});
