/** @file One tiny DeiT as PyTorch, timm, Hugging Face and ONNX store it: the logits are PyTorch's. */
import { encodeSafetensors, openWeights } from "@mvt/core";
import type { Weights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { load, logitsOf, match, reference } from "./support/weights.ts";

const expected = reference.get("logits")!.data;
const near = { rtol: 1e-5, atol: 1e-5 };

describe("a DeiT gives PyTorch's logits when it is loaded from", () => {
  test.each([
    ["a checkpoint as torch.save writes it", "zip.pth", "PyTorch zip", "timm"],
    ["one with pickle protocol 4", "protocol4.pth", "PyTorch zip", "timm"],
    ["one in the format before PyTorch 1.6", "legacy.pth", "PyTorch pickle", "timm"],
    ["one with a distillation token", "distilled.pth", "PyTorch zip", "timm"],
    ["safetensors with timm's names", "timm.safetensors", "safetensors", "timm"],
    ["Hugging Face's files of ViT", "hugging-face-vit.safetensors", "safetensors", "Hugging Face"],
    [
      "Hugging Face's files of DeiT",
      "hugging-face-deit.safetensors",
      "safetensors",
      "Hugging Face",
    ],
    ["Hugging Face's modules", "hugging-face-modules.safetensors", "safetensors", "Hugging Face"],
    ["the initialisers of an ONNX model", "named.onnx", "ONNX", "timm"],
  ])("%s", async (_, name, format, names) => {
    expect(await match(name)).toMatchObject({ names, file: { format } });
    expect(await logitsOf(await load(name))).toBeAllClose(expected, near);
  });

  test("float16 and bfloat16, rounded as PyTorch rounds", async () => {
    const logits = await logitsOf(await load("half.safetensors"));
    expect(logits).toBeAllClose(reference.get("logits.half")!.data, near);
    expect(logits).not.toBeAllClose(expected, near);
  });
});

describe("every form of a DeiT", () => {
  test.each(["legacy.pth", "timm.safetensors", "hugging-face-deit.safetensors", "named.onnx"])(
    "holds the same numbers, bit for bit: %s",
    async (name) => {
      expect(await load(name)).toEqual(await load("zip.pth"));
    },
  );
});

describe("safetensors", () => {
  // 640 is 0x80 0x02, with which pickles begin, and 0x0008 begins an ONNX model.
  test.each([640, 8 + 256])("are known whatever the length of their header: %i", async (length) => {
    const empty: Weights = new Map([["x", { shape: [0], data: new Float32Array() }]]);
    const shortest = encodeSafetensors(empty, { text: "" }).length - 8;
    const bytes = encodeSafetensors(empty, { text: "x".repeat(length - shortest) });
    expect(new DataView(bytes.buffer).getUint32(0, true)).toBe(length);
    expect((await openWeights(bytes, "file")).format).toBe("safetensors");
  });
});
