/** @file Weights as people have them: in wrappers, in training scripts' checkpoints, in several files. */
import { backbones, encodeSafetensors, openWeights } from "@mvt/core";
import type { NdArray, Weights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { loadWild, matchWild, refusalOf, wild, wildBytes } from "./support/wild.ts";

const plain = await loadWild("plain.safetensors");

const number = (value = 0): NdArray => ({ shape: [1], data: Float32Array.of(value) });

/** A file of these arrays, and what a DeiT takes from it. */
async function loadFrom(arrays: Iterable<readonly [string, NdArray]>, key?: string) {
  const file = await openWeights(encodeSafetensors(new Map(arrays)), "made", { key });
  return backbones.deit.load(backbones.deit.match(file, wild));
}

const under = (prefix: string, weights: Weights = plain) =>
  [...weights].map(([name, array]) => [prefix + name, array] as const);

const zeros: Weights = new Map(
  [...plain].map(([name, { shape, data }]) => [
    name,
    { shape, data: new Float32Array(data.length) },
  ]),
);

describe("PyTorch's wrappers are looked past", () => {
  test.each([
    ["AveragedModel, which counts in n_averaged", "averaged.pth"],
    ["DataParallel of a compiled network", "parallel-compiled.pth"],
    ["a compiled DataParallel", "compiled-parallel.pth"],
    ["all three", "averaged-compiled-parallel.pth"],
  ])("%s", async (_, name) => {
    expect(await loadWild(name)).toEqual(plain);
  });

  test.each([
    "module._orig_mod.",
    "_orig_mod.module.",
    "module.module.",
    "model._orig_mod.module.model.",
    "net.",
    "encoder.backbone.",
  ])("%s before every name", async (prefix) => {
    expect(await loadFrom(under(prefix))).toEqual(plain);
  });

  test("Hugging Face's names in a larger module", async () => {
    const file = await openWeights(wildBytes("plain.safetensors"), "plain");
    const { matched } = backbones.deit.match(
      {
        ...file,
        arrays: new Map([
          [
            "module.vit.embeddings.patch_embeddings.projection.weight",
            file.arrays.get("patch_embed.proj.weight")!,
          ],
          ["module.vit.embeddings.cls_token", file.arrays.get("cls_token")!],
          ["module.classifier.bias", file.arrays.get("head.bias")!],
        ]),
      },
      wild,
    );
    expect(matched.map(({ parameter }) => parameter)).toEqual([
      "cls_token",
      "patch_embed.proj.weight",
      "head.bias",
    ]);
  });
});

describe("what lies beside a network in a larger module", () => {
  test("is skipped and named: Lightning's loss and metric", async () => {
    const match = await matchWild("lightning.ckpt");
    expect(backbones.deit.load(match)).toEqual(plain);
    const reason = "outside the network, whose names begin with model.";
    expect(match.skipped).toEqual(
      ["criterion.weight", "train_acc.tp", "val_loss.mean_value"].map((name) => ({ name, reason })),
    );
  });

  test("is not skipped where the network is the file itself", async () => {
    expect(await refusalOf(() => loadFrom([...plain, ["criterion.weight", number()]]))).toContain(
      "got also criterion.weight",
    );
  });

  test("is no reason to overlook a parameter that the network itself has too many of", async () => {
    const arrays = [...under("model."), ["model.blocks.0.ls1.gamma", number()] as const];
    expect(await refusalOf(() => loadFrom(arrays))).toContain("got also model.blocks.0.ls1.gamma");
  });
});

describe("of several networks", () => {
  const both = [...under("student.", zeros), ...under("teacher.backbone.")];

  test("none is guessed", async () => {
    expect(await refusalOf(() => loadFrom(both))).toBe(
      "made: expected one network, got 2, under student, teacher.backbone. Choose one of them, for example with --weights-key student.",
    );
  });

  test("the key chooses one", async () => {
    expect(await loadFrom(both, "teacher.backbone")).toEqual(plain);
    expect(await loadFrom(both, "teacher")).toEqual(plain);
    expect((await loadFrom(both, "student")).get("norm.weight")!.data).toEqual(new Float32Array(4));
  });

  test("a key that is none of them is refused, with those there are", async () => {
    expect(await refusalOf(() => loadFrom(both, "model"))).toBe(
      "made: expected arrays under the key model, got none. Choose with --weights-key out of student, teacher, or leave the option out.",
    );
  });
});

describe("a checkpoint gives the network that it keeps", () => {
  test.each([
    ["under model_ema", "model-ema.pth"],
    ["under ema, beside an optimiser and a loss", "ema.pth"],
    ["under state_dict, beside a model that is only a name", "named.pth"],
    ["two dictionaries deep", "deep.pth"],
    ["under model, before model_ema", "deit.pth"],
  ])("%s", async (_, name) => {
    expect(await loadWild(name)).toEqual(plain);
  });

  test("that the key chooses", async () => {
    const averaged = await loadWild("deit.pth", { key: "model_ema" });
    expect(averaged.get("norm.weight")!.data).toEqual(new Float32Array(4));
    expect(await loadWild("dino.pth", { key: "teacher" })).toEqual(plain);
    expect(await loadWild("dino.pth", { key: "teacher.backbone" })).toEqual(plain);
    expect(await loadWild("lightning.ckpt", { key: "model" })).toEqual(plain);
    expect(await loadWild("lightning.ckpt", { key: "state_dict.model" })).toEqual(plain);
  });

  test("and the entries beside it are named, with the keys that lead to them", async () => {
    const { file } = await matchWild("deep.pth");
    expect(file.otherEntries).toEqual(["loss", "state.epoch"]);
  });

  test("but none of several is guessed", async () => {
    expect(await refusalOf(() => loadWild("dino.pth"))).toBe(
      "dino.pth: expected a dictionary of tensors, alone or under model, state_dict, model_state_dict, got several: student, teacher. Choose one of them, for example with --weights-key student.",
    );
  });

  test("and if there is none, its keys are named", async () => {
    expect(await refusalOf(() => loadWild("no-tensors.pth"))).toMatch(
      /^no-tensors.pth: expected a dictionary of tensors, .* got one without tensors of a network; its keys are model, config, epoch\. Save the weights alone/,
    );
  });

  test("and a key of it that has none is refused", async () => {
    expect(await refusalOf(() => loadWild("deit.pth", { key: "weights" }))).toMatch(
      /^deit.pth: expected arrays under the key weights, got none. Choose with --weights-key out of model, model_ema, /,
    );
  });
});

describe("options, paths, dates and counts beside the weights are read as nothing", () => {
  test.each(["inert.pth", "inert-protocol4.pth", "inert-legacy.pth"])("%s", async (name) => {
    const match = await matchWild(name);
    expect(backbones.deit.load(match)).toEqual(plain);
    expect(match.file.otherEntries).toEqual(["args", "best_acc"]);
  });
});

describe("a parameter with attributes of its own", () => {
  test("is a tensor", async () => {
    const file = await openWeights(wildBytes("parameter-with-state.pth"), "file");
    expect(file.arrays.get("x")!.load()).toEqual({ shape: [2], data: Float32Array.of(1, 2) });
  });
});

describe("all numbers of eight bits are PyTorch's", () => {
  test.each(["float8.safetensors", "float8.pth"])("%s", async (name) => {
    const expected = await openWeights(wildBytes("float8-expected.safetensors"), "expected");
    const { arrays } = await openWeights(wildBytes(name), name);
    expect([...arrays.keys()]).toEqual(["e4m3", "e5m2"]);
    for (const [kind, array] of arrays) {
      expect(array.load()).toEqual(expected.arrays.get(kind)!.load());
    }
  });

  test("with a scale beside them they are no weights, and are refused", async () => {
    const scale = ["blocks.0.attn.qkv.weight_scale", number()] as const;
    expect(await refusalOf(() => loadFrom([...plain, scale]))).toContain(
      "got also blocks.0.attn.qkv.weight_scale",
    );
  });
});
