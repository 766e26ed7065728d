/** Files that fine-tuning starts from, as PyTorch wrote them (golden/starts.py), and average pooling, against timm. */
import { readFileSync } from "node:fs";
import {
  backbones,
  describeNetwork,
  encodeSafetensors,
  gradients,
  nn,
  openWeights,
  ops,
  resamplePositions,
  withBackbone,
} from "@mvt/core";
import type { BackboneName, NetworkConfig, Tensor, Weights, WeightsFile } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { feedsOf, goldenForm, networkOn, smallConfig } from "./support/backbones.ts";
import { evaluate } from "./support/evaluate.ts";
import { golden } from "./support/golden.ts";

const near = { rtol: 1e-5, atol: 1e-5 };

const open = (name: string): Promise<WeightsFile> =>
  openWeights(readFileSync(new URL(`golden/starts/${name}.pth`, import.meta.url)), `${name}.pth`);

const average = (form: BackboneName): NetworkConfig => ({
  ...smallConfig(form),
  pooling: "average",
});

/** As `--weights` matches: the head is new. */
const withoutHead = ({ classes: _classes, ...rest }: NetworkConfig) => rest;

function load(file: WeightsFile, config: NetworkConfig, head = true): Weights {
  const { match, load: loaded } = backbones[config.backbone ?? "deit"];
  return loaded(match(file, head ? config : withoutHead(config)));
}

/** A network on three images of 16 x 16 pixels. */
function network(images: Float32Array, config: NetworkConfig) {
  return networkOn(ops.constant(Uint8Array.from(images), [3, 16, 16, 3]), config);
}

/** The message and advice of the error that loading ends in. */
function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was refused";
}

describe("a checkpoint of MAE's pre-training", () => {
  const file = golden("starts/mae");
  const head = ["head.weight", "head.bias"].map((name) => [name, file.array(name)] as const);

  test.each(["class", "average"] as const)(
    "has timm's logits with %s pooling and a given head",
    async (pooling) => {
      const config: NetworkConfig = { ...smallConfig("deit"), pooling };
      const loaded = load(await open("mae"), config, false);
      const { tensors, logits, parameters } = network(file.data("images"), config);
      // As `startingWeights` of the experiments: what the file lacks starts as it is declared.
      const weights = new Map([...nn.initialWeights(parameters, 0), ...loaded, ...head]);
      const { y } = await evaluate({ y: logits }, tensors, feedsOf(weights));
      expect(y).toBeAllClose(file.data(`logits.${pooling}`), near);
    },
  );

  test("leaves out decoder and mask token, and says so", async () => {
    const { match } = backbones.deit;
    const found = match(await open("mae"), withoutHead(smallConfig("deit")));
    const reason = "only for pre-training by masked images";
    expect(new Set(found.skipped.map((skipped) => skipped.reason))).toEqual(new Set([reason]));
    expect(found.skipped.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["mask_token", "decoder_pos_embed", "decoder_pred.bias"]),
    );
    expect(found.unknown).toEqual([]);
    expect(found.startsAnew).toEqual(["head.weight", "head.bias"]);
  });

  test("with average pooling leaves out the class token's norm, and starts a new one", async () => {
    const found = backbones.deit.match(await open("mae"), withoutHead(average("deit")));
    expect(found.startsAnew).toEqual([
      "fc_norm.weight",
      "fc_norm.bias",
      "head.weight",
      "head.bias",
    ]);
    expect(found.skipped).toContainEqual({
      name: "norm.weight",
      reason: "the norm of the class token, which average pooling replaces",
    });
    expect(found.unknown).toEqual([]);
  });

  test("is described as a vision transformer without a head, whose pooling nothing tells", async () => {
    const found = describeNetwork(await open("mae"));
    expect(found).toMatchObject({ backbone: "deit", width: 12, depth: 2, patchSize: 4 });
    expect(found).not.toMatchObject({ classes: expect.anything() as unknown });
    expect(found!.pooling).toBeUndefined();
  });
});

describe.each([
  ["mae-finetuned", "deit"],
  ["dinov2-reg-average", "dinov2-reg"],
] as const)("a checkpoint of fine-tuning with average pooling, %s", (name, form) => {
  const file = golden(`starts/${name}`);

  test("has timm's parameters, logits, loss and gradients", async () => {
    const config = average(form);
    const weights = load(await open(name), config);
    const { tensors, logits, parameters } = network(file.data("images"), config);
    const stored = [...(await open(name)).arrays.keys()];
    expect(parameters.map((each) => each.name).toSorted()).toEqual(stored.toSorted());
    const labels = ops.constant(Int32Array.from(file.data("labels")), [3]);
    const loss = nn.crossEntropy(logits, labels, ops.constant(new Float32Array(3).fill(1), [3]));
    const slopes = gradients(loss, tensors);
    const outputs: Record<string, Tensor> = { logits, loss };
    for (const [i, each] of parameters.entries()) outputs[each.name] = slopes[i]!;
    const results = await evaluate<string>(outputs, tensors, feedsOf(weights));
    expect(results["logits"]).toBeAllClose(file.data("logits"), near);
    expect(results["loss"]).toBeAllClose(file.data("loss"), near);
    for (const each of parameters) {
      expect(results[each.name]!, each.name).toBeAllClose(file.data(`d_${each.name}`), {
        rtol: 1e-4,
        atol: 1e-5,
      });
    }
  });

  test("says that it was trained with average pooling", async () => {
    const opened = await open(name);
    expect(describeNetwork(opened)).toMatchObject({ backbone: form, pooling: "average" });
    expect(refusalOf(() => load(opened, smallConfig(form), false))).toContain(
      "The file was trained with average pooling of the patches, not with the class token: choose that with --pooling average.",
    );
  });

  test("keeps its norm with average pooling where the head is new", async () => {
    const loaded = load(await open(name), average(form), false);
    expect([...loaded.keys()]).toContain("fc_norm.weight");
    expect([...loaded.keys()]).not.toContain("head.weight");
  });
});

test("a file of another backbone with average pooling is answered with both options", async () => {
  const opened = await open("dinov2-reg-average");
  expect(refusalOf(() => load(opened, smallConfig("deit"), false))).toContain(
    "choose that with --backbone dinov2-reg --pooling average.",
  );
});

describe("a file of a network that no backbone is", () => {
  test("is refused by its name: BEiT, as timm writes it", async () => {
    const opened = await open("beit");
    expect(describeNetwork(opened)).toBeUndefined();
    expect(refusalOf(() => load(opened, average("dinov2"), false))).toBe(
      "beit.pth: expected the weights of a DINOv2, got those of a BEiT (blocks.0.attn.q_bias), which no --backbone is: its attention adds a bias for the distance of two patches, in place of position embeddings. Use weights of the same size from DeiT, DeiT III, DINOv2 or MAE; the guide to weights lists them.",
    );
  });

  test.each([
    ["a Swin Transformer", "layers.0.blocks.1.attn.relative_position_bias_table"],
    ["an image encoder of CLIP", "vision_model.embeddings.class_embedding"],
    ["a BEiT", "beit.encoder.relative_position_bias.relative_position_bias_table"],
  ])("is refused by its name: %s", async (title, name) => {
    const array = { shape: [2], data: new Float32Array(2) };
    const file = await openWeights(encodeSafetensors(new Map([[name, array]])), "other");
    expect(refusalOf(() => load(file, smallConfig("deit"), false))).toContain(
      `got those of ${title} (${name})`,
    );
  });
});

describe("position embeddings of DINOv2 without registers", () => {
  const file = goldenForm("dinov2");

  test("are resampled from 518 x 518 pixels to 224 x 224 as its authors do", () => {
    const { data } = resamplePositions(file.array("grid.37"), {
      prefix: 0,
      from: 37,
      to: 16,
      resampling: "dinov2",
    });
    expect(data).toBeAllClose(file.data("grid.16"), { rtol: 0, atol: 1e-5 });
  });

  test("would differ with timm's antialiasing", () => {
    const { data } = resamplePositions(file.array("grid.37"), { prefix: 0, from: 37, to: 16 });
    const largest = Math.max(...data.map((value, i) => Math.abs(value - file.data("grid.16")[i]!)));
    expect(largest).toBeGreaterThan(0.1);
  });
});

describe("average pooling", () => {
  test("keeps the backbone's size, and is no part of a configuration without it", () => {
    const size = withoutHead(smallConfig("deit"));
    expect(withBackbone({ ...size, pooling: "average" }, "dinov2")).toMatchObject({
      pooling: "average",
      layerScale: 1e-5,
    });
    expect("pooling" in withBackbone(size, "dinov2")).toBe(false);
  });

  test("feeds neither class token nor registers into the head", async () => {
    const config = average("dinov2-reg");
    const weights = load(await open("dinov2-reg-average"), config);
    const { tensors, features, model } = network(
      golden("starts/dinov2-reg-average").data("images"),
      { ...config, depth: 0 }, // without blocks nothing flows between tokens
    );
    const [dClass, dRegisters] = gradients(ops.sum(ops.mul(features, features)), [
      model.clsToken,
      model.regToken!,
    ]) as [Tensor, Tensor];
    const results = await evaluate({ dClass, dRegisters }, tensors, feedsOf(weights));
    expect([...results.dClass, ...results.dRegisters].every((value) => value === 0)).toBe(true);
  });
});
