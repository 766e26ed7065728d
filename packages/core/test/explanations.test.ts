/** Attention rollout and gradient-weighted attention, against timm's models with hooks (golden/explanations.py). */
import { readFileSync } from "node:fs";
import { backbones, deit, explanationNames, nn, openWeights, ops } from "@mvt/core";
import { encodePortable } from "@mvt/core/portable";
import type { NetworkConfig, Program } from "@mvt/core";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { feedsOf, networkOn, smallConfig } from "./support/backbones.ts";
import { evaluate } from "./support/evaluate.ts";
import { golden } from "./support/golden.ts";

const near = { rtol: 1e-4, atol: 1e-6 };
const file = golden("explanations");

/** The forms of golden/explanations.py: where their weights are, and what network they belong to. */
const forms: Readonly<Record<string, readonly [path: string, config: NetworkConfig]>> = {
  deit3: ["backbones/deit3", smallConfig("deit3")],
  dinov2: ["backbones/dinov2", smallConfig("dinov2")],
  "dinov2-reg": ["backbones/dinov2-reg", smallConfig("dinov2-reg")],
  "mae-finetuned": ["starts/mae-finetuned", { ...smallConfig("deit"), pooling: "average" }],
  "dinov2-reg-average": [
    "starts/dinov2-reg-average",
    { ...smallConfig("dinov2-reg"), pooling: "average" },
  ],
};

async function weightsOf(form: string) {
  const [path, config] = forms[form]!;
  const bytes = readFileSync(new URL(`golden/${path}.pth`, import.meta.url));
  const { match, load } = backbones[config.backbone ?? "deit"];
  return load(match(await openWeights(bytes, path), config));
}

const images = (form: string) =>
  ops.constant(Uint8Array.from(file.data(`${form}.images`)), [3, 16, 16, 3]);

describe.each(Object.keys(forms))("%s", (form) => {
  const [, config] = forms[form]!;

  test.each(explanationNames)("has the relevance of timm's model by %s", async (name) => {
    const network = networkOn(images(form), config);
    const y = deit.explanations[name](network.model, network);
    expect(y.shape).toEqual([3, 16]);
    const results = await evaluate({ y }, network.tensors, feedsOf(await weightsOf(form)));
    expect(results.y).toBeAllClose(file.data(`${form}.${name}`), near);
  });

  test("has the same in an exported model, beside its probabilities", async () => {
    const program = (batch: number): Program => {
      const input = ops.input("images", [batch, 16, 16, 3], "uint8");
      const { model, parameters, ...traced } = networkOn(input, config);
      const { rollout, gradient } = deit.explanations;
      const outputs = {
        probabilities: ops.softmax(traced.logits),
        rollout: rollout(model, traced),
        gradient: gradient(model, traced),
      };
      return {
        inputs: [input],
        outputs,
        state: parameters.map(({ tensor }) => ({ input: tensor })),
      };
    };
    const bytes = encodePortable({ program, weights: await weightsOf(form) });
    const session = await ort.InferenceSession.create(bytes);
    const data = Uint8Array.from(file.data(`${form}.images`));
    const results = await session.run({ images: new ort.Tensor("uint8", data, [3, 16, 16, 3]) });
    await session.release();
    for (const name of explanationNames) {
      expect(results[name]!.data as Float32Array).toBeAllClose(file.data(`${form}.${name}`), near);
    }
  });
});

describe("rollout", () => {
  test("is at least 0, and sums to at most 1 over the patches", async () => {
    const network = networkOn(images("dinov2-reg"), smallConfig("dinov2-reg"));
    const y = deit.explanations.rollout(network.model, network);
    const feeds = feedsOf(await weightsOf("dinov2-reg"));
    const { y: values } = await evaluate({ y }, network.tensors, feeds);
    for (let i = 0; i < 3; i += 1) {
      const row = [...values.subarray(16 * i, 16 * (i + 1))];
      expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
      expect(row.reduce((a, b) => a + b)).toBeLessThan(1); // class token and registers have the rest
    }
  });
});

test("a trace has the attention of every block, of the last one the class token's row alone", () => {
  const { model } = nn.declareParameters((scope) => deit.declareVit(scope, smallConfig("deit")));
  const patches = ops.input("patches", [2, 16, 48]);
  const { logits, attention } = deit.traceClassify(model, patches);
  expect(attention.map(({ shape }) => shape)).toEqual([
    [2, 3, 17, 17],
    [2, 3, 1, 17],
  ]);
  expect(logits.shape).toEqual([2, 5]);
});
