/** @file What of a file is loaded, what is skipped and why, and what makes it of no use. */
import {
  backbones,
  describeNetwork,
  encodeSafetensors,
  openWeights,
  resamplePositions,
} from "@mvt/core";
import type { NdArray, Weights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { bytesOf, load, match, tiny } from "./support/weights.ts";

const { classes: _, ...headless } = tiny;
const { match: matchVit, load: loadVit } = backbones.deit;

/** The tiny DeiT with some of its arrays changed; undefined takes one away. */
async function changed(changes: Readonly<Record<string, NdArray | undefined>>) {
  const arrays: [string, NdArray | undefined][] = [
    ...(await load("zip.pth")),
    ...Object.entries(changes),
  ];
  const weights = new Map(
    [...new Map(arrays)].filter(([, array]) => array !== undefined),
  ) as Weights;
  return matchVit(await openWeights(encodeSafetensors(weights), "changed"), tiny);
}

const zeros = (...shape: number[]): NdArray => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

describe("matching a file with a network", () => {
  test("uses every parameter once, and leaves nothing over", async () => {
    const { matched, ...rest } = await match("timm.safetensors");
    expect(matched).toHaveLength(32);
    expect(rest).toMatchObject({
      skipped: [],
      unknown: [],
      missing: [],
      startsAnew: [],
      unfit: [],
    });
  });

  test("skips a head that is not asked for, and says which parameters start anew", async () => {
    const { matched, skipped, startsAnew } = await match("timm.safetensors", headless as never);
    expect(matched).toHaveLength(30);
    const reason = "the head of 5 classes, which a new one replaces";
    expect(skipped.map(({ name }) => name).toSorted()).toEqual(["head.bias", "head.weight"]);
    expect(skipped[0]!.reason).toBe(reason);
    expect(startsAnew).toEqual(["head.weight", "head.bias"]);
  });

  test("skips a head of several layers, as self-supervised training has it, unless it is asked for", async () => {
    const file = await openWeights(bytesOf("timm.safetensors"), "projected");
    const projection = file.arrays.get("norm.bias")!;
    const arrays = new Map([...file.arrays, ["head.0.weight", projection] as const]);
    const { skipped, unknown } = matchVit({ ...file, arrays }, headless);
    expect(unknown).toEqual([]);
    expect(skipped).toContainEqual({
      name: "head.0.weight",
      reason: "part of a head of another form, which a new one replaces",
    });
    expect(matchVit({ ...file, arrays }, tiny).unknown).toEqual(["head.0.weight"]);
  });

  test("says where q, k and v of Hugging Face went", async () => {
    const { matched } = await match("hugging-face-vit.safetensors");
    expect(matched.find(({ parameter }) => parameter === "blocks.1.attn.qkv.bias")!.from).toEqual([
      "vit.encoder.layer.1.attention.attention.query.bias",
      "vit.encoder.layer.1.attention.attention.key.bias",
      "vit.encoder.layer.1.attention.attention.value.bias",
    ]);
  });

  test("skips distillation, and the row of its position", async () => {
    const { skipped } = await match("distilled.pth");
    expect(skipped).toEqual(
      ["dist_token", "head_dist.weight", "head_dist.bias"].map((name) => ({
        name,
        reason: "distillation, which this network does not have",
      })),
    );
    expect((await load("distilled.pth")).get("pos_embed")).toEqual(
      (await load("zip.pth")).get("pos_embed"),
    );
  });

  test("skips buffers that are no weights", async () => {
    const counter = { type: "int64", shape: [], load: () => zeros() } as const;
    const file = await openWeights(bytesOf("zip.pth"), "zip.pth");
    const arrays = new Map([...file.arrays, ["steps", counter]]);
    const { skipped, unknown } = matchVit({ ...file, arrays }, tiny);
    expect(skipped).toEqual([{ name: "steps", reason: "a buffer of int64, no weight" }]);
    expect(unknown).toEqual([]);
  });

  test.each(["module.", "model.", "_orig_mod."])(
    "looks past %s before every name",
    async (wrapper) => {
      const wrapped = new Map([...(await load("zip.pth"))].map(([name, a]) => [wrapper + name, a]));
      const file = await openWeights(encodeSafetensors(wrapped), "wrapped");
      expect(loadVit(matchVit(file, tiny))).toEqual(await load("zip.pth"));
    },
  );

  test("resamples position embeddings for another image size", async () => {
    const larger = await match("distilled.pth", { ...tiny, imageSize: 20 });
    expect(larger.matched.find(({ positions }) => positions)!.positions).toEqual({
      prefix: 2,
      kept: 1,
      from: 3,
      to: 5,
    });
    expect(loadVit(larger).get("pos_embed")).toEqual(
      resamplePositions((await load("zip.pth")).get("pos_embed")!, { prefix: 1, from: 3, to: 5 }),
    );
  });
});

describe("loading refuses", () => {
  test("another shape, naming both", async () => {
    const wrong = await changed({ "blocks.1.mlp.fc1.weight": zeros(8, 16) });
    expect(() => loadVit(wrong)).toThrow(
      "changed: expected blocks.1.mlp.fc1.weight of shape [16, 8], got blocks.1.mlp.fc1.weight of shape [8, 16], float32",
    );
  });

  test("a part of q, k and v of another shape", async () => {
    const wrong = await match("hugging-face-vit.safetensors", { ...tiny, width: 16 });
    expect(() => loadVit(wrong)).toThrow(
      "expected blocks.0.attn.qkv.bias of shape [16], got vit.encoder.layer.0.attention.attention.key.bias of shape [8], float32",
    );
  });

  test("a missing parameter", async () => {
    const wrong = await changed({ "norm.weight": undefined, "norm.bias": undefined });
    expect(() => loadVit(wrong)).toThrow(
      "changed: expected all parameters of the network, got none for norm.weight, norm.bias",
    );
  });

  test("a parameter that this network has no place for, which would change its answers", async () => {
    const wrong = await changed({ "blocks.0.ls1.gamma": zeros(8) });
    expect(() => loadVit(wrong)).toThrow(
      "changed: expected no more than the parameters of a DeiT of this depth, got also blocks.0.ls1.gamma",
    );
  });

  test.each(["constructor", "toString", "__proto__"])(
    "a parameter that is called %s",
    async (name) => {
      const file = await openWeights(bytesOf("timm.safetensors"), "odd");
      const arrays = new Map([...file.arrays, [name, file.arrays.get("norm.bias")!] as const]);
      expect(() => loadVit(matchVit({ ...file, arrays }, tiny))).toThrow(`got also ${name}`);
    },
  );

  test("two arrays for one parameter", async () => {
    const file = await openWeights(bytesOf("hugging-face-vit.safetensors"), "twice");
    const again = file.arrays.get("vit.encoder.layer.0.attention.attention.key.bias")!;
    const arrays = new Map([
      ...file.arrays,
      ["vit.layers.0.attention.k_proj.bias", again] as const,
    ]);
    expect(() => loadVit(matchVit({ ...file, arrays }, tiny))).toThrow(
      "got also vit.layers.0.attention.k_proj.bias",
    );
  });

  test("a deeper network", async () => {
    const wrong = await match("zip.pth", { ...tiny, depth: 1 });
    expect(() => loadVit(wrong)).toThrow("got also blocks.1.norm1.weight");
  });

  test("another kind of network", async () => {
    const resnet = new Map([["conv1.weight", zeros(64, 3, 7, 7)]]);
    const file = await openWeights(encodeSafetensors(resnet), "resnet.pth");
    expect(() => loadVit(matchVit(file, tiny))).toThrow(
      "resnet.pth: expected the parameters of a DeiT with timm's or Hugging Face's names, got conv1.weight",
    );
  });

  test.each([NaN, Infinity])("%s among the weights", async (value) => {
    const data = Float32Array.of(0, 0, 0, 0, 0, value, 0, 0);
    const wrong = await changed({ "norm.bias": { shape: [8], data } });
    expect(() => loadVit(wrong)).toThrow(
      `changed: expected finite numbers in norm.bias, got ${value} at element 5`,
    );
  });

  test("position embeddings without a grid", async () => {
    const wrong = await changed({ pos_embed: zeros(1, 12, 8) });
    expect(() => loadVit(wrong)).toThrow(
      "changed: expected pos_embed of shape [1, 10, 8], got pos_embed of shape [1, 12, 8], float32",
    );
  });
});

describe("a description", () => {
  test.each(["zip.pth", "hugging-face-vit.safetensors", "hugging-face-modules.safetensors"])(
    "of %s tells width, depth, patches and classes",
    async (name) => {
      expect(describeNetwork(await openWeights(bytesOf(name), name))).toEqual({
        backbone: "deit",
        width: 8,
        depth: 2,
        patchSize: 4,
        classes: 5,
        distilled: false,
        registers: 0,
        layerScale: false,
        classPosition: true,
      });
    },
  );

  test("names the variant, and sees distillation", async () => {
    const blocks = Array.from(
      { length: 12 },
      (__, i) => [`blocks.${i}.norm1.bias`, zeros(384)] as const,
    );
    const arrays = [
      ["patch_embed.proj.weight", zeros(384, 3, 16, 16)],
      ["dist_token", zeros(1)],
    ] as const;
    const file = await openWeights(encodeSafetensors(new Map([...arrays, ...blocks])), "s");
    expect(describeNetwork(file)).toMatchObject({
      backbone: "deit",
      variant: "S/16",
      distilled: true,
    });
  });
});
