/** Files of DeiT III and DINOv2 weights: what they hold, how they load, and what is refused. */
import {
  backbones,
  describeNetwork,
  encodeSafetensors,
  openWeights,
  reportOf,
  withBackbone,
} from "@mvt/core";
import type { NdArray, Weights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { forms, loadForm, openForm, smallConfig } from "./support/backbones.ts";
import { bytesOf } from "./support/weights.ts";

const [D, N] = [12, 16];

const opened = (weights: Weights, source = "changed") =>
  openWeights(encodeSafetensors(weights), source);

/** A network's weights as the registers form has them, with some arrays changed; undefined takes one away. */
async function changed(changes: Readonly<Record<string, NdArray | undefined>>) {
  const weights = loadForm("dinov2-reg", await openForm("dinov2-reg"));
  const all = new Map<string, NdArray | undefined>([...weights, ...Object.entries(changes)]);
  return opened(new Map([...all].filter(([, array]) => array !== undefined)) as Weights);
}

const zeros = (...shape: number[]): NdArray => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

/** The names that transformers gives the weights of a Dinov2WithRegistersModel. */
function huggingFace(weights: Weights): Weights {
  const wholes: Readonly<Record<string, string>> = {
    cls_token: "embeddings.cls_token",
    reg_token: "embeddings.register_tokens",
    pos_embed: "embeddings.position_embeddings",
    "patch_embed.proj.weight": "embeddings.patch_embeddings.projection.weight",
    "patch_embed.proj.bias": "embeddings.patch_embeddings.projection.bias",
    "norm.weight": "layernorm.weight",
    "norm.bias": "layernorm.bias",
  };
  const renamed = new Map<string, NdArray>();
  for (const [name, array] of weights) {
    const [, block, layer] = /^blocks\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (block === undefined) renamed.set(wholes[name] ?? name, array);
    else if (layer!.startsWith("attn.qkv.")) {
      const kind = layer!.slice("attn.qkv.".length);
      for (const [i, part] of ["query", "key", "value"].entries()) {
        const length = array.data.length / 3;
        renamed.set(`encoder.layer.${block}.attention.attention.${part}.${kind}`, {
          shape: array.shape.with(0, array.shape[0]! / 3),
          data: array.data.slice(i * length, (i + 1) * length),
        });
      }
    } else {
      const theirs = layer!
        .replace(/^attn\.proj/, "attention.output.dense")
        .replace(/^ls([12])\.gamma$/, "layer_scale$1.lambda1");
      renamed.set(`encoder.layer.${block}.${theirs}`, array);
    }
  }
  return renamed;
}

describe.each(forms)("a file of %s", (form) => {
  test.each([
    ["timm's names", false],
    ["its authors' names", true],
  ])("with %s tells its backbone and size", async (_, own) => {
    expect(describeNetwork(await openForm(form, own))).toEqual({
      backbone: form,
      width: D,
      depth: 2,
      patchSize: 4,
      classes: 5,
      distilled: false,
      registers: form === "dinov2-reg" ? 4 : 0,
      layerScale: true,
      classPosition: form === "dinov2" || (own && form === "dinov2-reg"),
    });
  });

  test("with its authors' names loads as timm reads it", async () => {
    const expected = loadForm(form, await openForm(form));
    const own = loadForm(form, await openForm(form, true)); // of DINOv2 with blocks in chunks
    expect([...own.keys()]).toEqual([...expected.keys()]);
    for (const [name, { shape, data }] of expected) {
      expect(own.get(name)!.shape, name).toEqual(shape);
      expect(own.get(name)!.data, name).toBeAllClose(data, { rtol: 0, atol: 1e-6 });
    }
  });

  test("says which variant it is where the sizes are published ones", async () => {
    const size = {
      patchSize: form === "deit3" ? 16 : 14,
      variant: form === "deit3" ? "S/16" : "S/14",
    };
    const blocks = Array.from(
      { length: 12 },
      (_, i) => [`blocks.${i}.ls1.gamma`, zeros(384)] as const,
    );
    const file = await opened(
      new Map([
        ["patch_embed.proj.weight", zeros(384, 3, size.patchSize, size.patchSize)],
        ["pos_embed", zeros(1, form === "dinov2" ? 197 : 196, 384)],
        ...(form === "dinov2-reg" ? ([["reg_token", zeros(1, 4, 384)]] as const) : []),
        ...blocks,
      ]),
    );
    expect(describeNetwork(file)).toMatchObject({ backbone: form, ...size });
  });
});

describe("DINOv2's own file", () => {
  test("has its class token's position added to the class token, and its mask token skipped", async () => {
    const { match } = backbones["dinov2-reg"];
    const { classes: _, ...headless } = smallConfig("dinov2-reg");
    const found = match(await openForm("dinov2-reg", true), headless);
    expect(found.matched.find(({ parameter }) => parameter === "cls_token")!.from).toEqual([
      "cls_token",
      "pos_embed",
    ]);
    expect(
      reportOf(found)
        .skipped.map(({ name }) => name)
        .toSorted(),
    ).toEqual(["head.bias", "head.weight", "mask_token"]);
    expect(found.unknown).toEqual([]);
  });

  test("with Hugging Face's names loads alike", async () => {
    const timm = loadForm("dinov2-reg", await openForm("dinov2-reg"));
    const headless = new Map([...timm].filter(([name]) => !name.startsWith("head.")));
    const file = await opened(huggingFace(headless));
    const { match, load } = backbones["dinov2-reg"];
    const { classes: _, ...network } = smallConfig("dinov2-reg");
    expect(load(match(file, network))).toEqual(headless);
    expect(describeNetwork(file)).toMatchObject({ backbone: "dinov2-reg", registers: 4 });
  });
});

describe("loading refuses", () => {
  const network = smallConfig("dinov2-reg");
  const { match, load } = backbones["dinov2-reg"];
  const refusal = async (changes: Readonly<Record<string, NdArray | undefined>>) => {
    const file = await changed(changes);
    return () => load(match(file, network));
  };

  test("a file without registers, which it names", async () => {
    expect(await refusal({ reg_token: undefined })).toThrow(
      "changed: expected all parameters of the network, got none for reg_token",
    );
  });

  test("a file without a factor of LayerScale, which it names", async () => {
    expect(await refusal({ "blocks.1.ls2.gamma": undefined })).toThrow(
      "got none for blocks.1.ls2.gamma",
    );
  });

  test("a file with another number of registers", async () => {
    expect(await refusal({ reg_token: zeros(1, 8, D) })).toThrow(
      `expected reg_token of shape [1, 4, ${D}], got reg_token of shape [1, 8, ${D}], float32`,
    );
  });

  test("an array that the network has no parameter for, which it names", async () => {
    expect(await refusal({ "blocks.0.mlp.w12.weight": zeros(24, D) })).toThrow(
      "changed: expected no more than the parameters of a DINOv2 with registers of this depth, got also blocks.0.mlp.w12.weight",
    );
  });

  test("positions of no square grid", async () => {
    expect(await refusal({ pos_embed: zeros(1, N + 2, D) })).toThrow(
      `expected pos_embed of shape [1, ${N}, ${D}], got pos_embed of shape [1, ${N + 2}, ${D}]`,
    );
  });

  test("a file of another backbone, and says which one to choose", async () => {
    const { deit } = backbones;
    const tiny = { imageSize: 16, patchSize: 4, width: D, depth: 2, heads: 3, mlpRatio: 2 };
    const advice = async (
      file: Awaited<ReturnType<typeof openForm>>,
      name: keyof typeof backbones,
    ) => {
      const { match: matched, load: loaded } = backbones[name];
      try {
        loaded(matched(file, withBackbone(tiny, name)));
      } catch (error) {
        return (error as { readonly advice?: string }).advice;
      }
      return "none";
    };
    expect(await advice(await openForm("deit3"), "deit")).toBe(
      "The file holds a DeiT III: choose that network with --backbone deit3, or use weights of a DeiT.",
    );
    expect(await advice(await openForm("dinov2-reg"), "deit3")).toBe(
      "The file holds a DINOv2 with registers: choose that network with --backbone dinov2-reg, or use weights of a DeiT III.",
    );
    const plain = await openWeights(bytesOf("timm.safetensors"), "timm");
    expect(await advice(plain, "deit3")).toBe(
      "The file holds a DeiT: choose that network with --backbone deit, or use weights of a DeiT III.",
    );
    expect(deit.describe(await openForm("deit3"))).toBeUndefined();
  });
});
