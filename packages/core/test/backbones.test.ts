/** Every backbone: its parameters, its values against timm's (golden/backbones.py), and how it trains. */
import {
  adamw,
  clipByGlobalNorm,
  backboneNames,
  backbones,
  countParameters,
  declareNetwork,
  defaultBackbone,
  deit,
  gradients,
  inHalfPrecision,
  minimize,
  nn,
  ops,
  random,
  simplify,
  withBackbone,
} from "@mvt/core";
import { encodePortable } from "@mvt/core/portable";
import type { BackboneName, Program, Tensor } from "@mvt/core";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { cpuForm } from "../src/backends/onnx/cpu-encoders.ts";
import { encodeGraph } from "../src/backends/onnx/encode.ts";
import {
  feedsOf,
  forms,
  goldenForm,
  goldenNetwork,
  loadForm,
  networkOn,
  openForm,
  smallConfig,
} from "./support/backbones.ts";
import { backend, evaluate } from "./support/evaluate.ts";

const near = { rtol: 1e-5, atol: 1e-5 };

function count(name: BackboneName, size: deit.Variant): number {
  const config = { ...withBackbone(deit.variants[size], name), classes: 1000 };
  const { parameters } = nn.declareParameters((scope) => declareNetwork(scope, config));
  return countParameters(parameters.map(({ name: parameter, tensor }) => [parameter, tensor]));
}

/** A network of a small size on image bytes that are fed. */
function smallNetwork(name: BackboneName, batch: number) {
  const images = ops.input("images", [batch, 16, 16, 3], "uint8");
  return { images, ...networkOn(images, smallConfig(name)) };
}

describe("the number of parameters with 1,000 classes", () => {
  // Of timm's deit3_*_patch16_224, and of its vit_*_patch14_dinov2 and vit_*_patch14_reg4_dinov2 with img_size=224.
  test.each([
    ["deit3", "S/16", 22_059_496],
    ["deit3", "B/16", 86_585_320],
    ["dinov2", "S/16", 22_013_800],
    ["dinov2", "B/16", 86_493_928],
    ["dinov2-reg", "S/16", 22_014_952],
    ["dinov2-reg", "B/16", 86_496_232],
  ] as const)("of %s in the size of %s is timm's", (name, size, parameters) => {
    expect(count(name, size)).toBe(parameters);
  });
});

describe.each(backboneNames)("%s", (name) => {
  test("keeps the size it is given, as a configuration that says its name unless it is the default", () => {
    const size = deit.variants.nano;
    const config = withBackbone(size, name);
    expect(config).toMatchObject(size);
    expect(config.backbone ?? defaultBackbone).toBe(name);
    expect(config === size).toBe(name === defaultBackbone);
  });

  test("has K logits per image, and class token, registers and patches in every block", () => {
    const { logits, blockInputs } = smallNetwork(name, 2);
    const T = name === "dinov2-reg" ? 1 + 4 + 16 : 1 + 16;
    expect(logits.shape).toEqual([2, 5]);
    expect(blockInputs.map(({ shape }) => shape)).toEqual([
      [2, T, 12],
      [2, T, 12],
    ]);
    expect(deit.tokenCount(smallConfig(name))).toBe(T);
  });

  test("computes the attention of every block as one operator on the CPU", () => {
    const { logits } = smallNetwork(name, 2);
    const { node } = encodeGraph(simplify([logits]), cpuForm).graph;
    const fused = node.filter(({ opType }) => opType === "MultiHeadAttention");
    expect(fused).toHaveLength(2);
    expect(node.some(({ opType }) => opType === "Softmax")).toBe(false);
  });

  test("exported, has the probabilities of its own program", async () => {
    const { model, parameters, images } = smallNetwork(name, 3);
    const weights = nn.initialWeights(parameters, 1);
    const probabilities = (input: Tensor) =>
      ops.softmax(backbones[name].trace(model, deit.patchifyPlanar(input, 4)).logits);
    const program = (batch: number): Program => {
      const pixels = ops.input("pixels", [batch, 3, 16, 16]);
      const state = parameters.map(({ tensor }) => ({ input: tensor }));
      return { inputs: [pixels], outputs: { probabilities: probabilities(pixels) }, state };
    };
    const stream = random.stream(1, "pixels");
    const data = Float32Array.from({ length: 3 * 3 * 16 * 16 }, () => stream.normal());
    const session = await ort.InferenceSession.create(encodePortable({ program, weights }));
    const results = await session.run({ pixels: new ort.Tensor("float32", data, [3, 3, 16, 16]) });
    await session.release();
    const own = await evaluate(
      { y: probabilities(ops.constant(data, [3, 3, 16, 16])) },
      [images, ...parameters.map(({ tensor }) => tensor)].slice(1),
      feedsOf(weights),
    );
    expect(results["probabilities"]!.data as Float32Array).toBeAllClose(own.y, near);
  });

  test("learns eight images in forty steps", async () => {
    const { logits, images, tensors, parameters } = smallNetwork(name, 8);
    const [labels, weights] = [ops.input("labels", [8], "int32"), ops.input("weights", [8])];
    const loss = nn.crossEntropy(logits, labels, weights);
    const optimizer = clipByGlobalNorm(adamw({ betas: [0.9, 0.99] }), 1);
    const program = { inputs: [images, labels, weights], outputs: { loss }, state: [] };
    const executable = await backend.compile(
      minimize(program, { loss, parameters: tensors, optimizer }),
    );
    await executable.writeState(nn.initialWeights(parameters, 2));
    const stream = random.stream(3, "images");
    const batch = {
      images: Uint8Array.from({ length: 8 * 16 * 16 * 3 }, () => stream.integer(256)),
      labels: Int32Array.from({ length: 8 }, (_, i) => i % 5),
      weights: new Float32Array(8).fill(1),
      learningRate: Float32Array.of(1e-2),
    };
    const losses: number[] = [];
    for (let step = 1; step <= 40; step += 1) {
      const results = await executable.run({ ...batch, step: Float32Array.of(step) });
      losses.push(results["loss"]![0]!);
    }
    const state = await executable.readState();
    await executable.dispose();
    expect(losses[0]).toBeGreaterThan(1.5); // log 5 is 1.61
    expect(losses.at(-1)).toBeLessThan(0.5);
    for (const { name: parameter } of parameters) {
      expect(state.get(parameter)!.data.every(Number.isFinite), parameter).toBe(true);
    }
  });
});

describe.each(forms)("%s with the weights of its golden file", (form) => {
  const file = goldenForm(form);
  const { model, parameters, tensors, logits, loss, blockInputs } = goldenNetwork(form);

  test("has timm's parameters, in name and shape", async () => {
    const { arrays } = await openForm(form);
    expect(parameters.map(({ name }) => name).toSorted()).toEqual([...arrays.keys()].toSorted());
    for (const { name, tensor } of parameters)
      expect(tensor.shape).toEqual(arrays.get(name)!.shape);
  });

  test("has timm's logits and loss", async () => {
    const feeds = feedsOf(loadForm(form, await openForm(form)));
    const results = await evaluate({ logits, loss }, tensors, feeds);
    expect(results.logits).toBeAllClose(file.data("logits"), near);
    expect(results.loss).toBeAllClose(file.data("loss"), near);
  });

  test.each([
    ["kept", []],
    ["computed again between blocks", blockInputs],
  ] as const)(
    "has timm's gradient for every parameter, with activations %s",
    async (_, between) => {
      const feeds = feedsOf(loadForm(form, await openForm(form)));
      const dLoss = gradients(loss, tensors, between);
      const outputs = Object.fromEntries(parameters.map(({ name }, i) => [name, dLoss[i]!]));
      const results = await evaluate<string>(outputs, tensors, feeds);
      for (const { name } of parameters) {
        expect(results[name]!, name).toBeAllClose(file.data(`d_${name}`), {
          rtol: 1e-4,
          atol: 1e-5,
        });
      }
    },
  );

  test("has timm's logits on larger images, for which positions are resampled", async () => {
    const images = ops.constant(Uint8Array.from(file.data("larger")), [2, 24, 24, 3]);
    const larger = networkOn(images, smallConfig(form, 24));
    const weights = loadForm(form, await openForm(form), 24);
    expect(weights.get("pos_embed")!.shape).toEqual([1, form === "dinov2" ? 37 : 36, 12]);
    const results = await evaluate({ y: larger.logits }, larger.tensors, feedsOf(weights));
    expect(results.y).toBeAllClose(file.data("larger.logits"), near);
  });

  test("computes for the class token alone what it computes with all rows", async () => {
    const z = ops.input("z", blockInputs[1]!.shape);
    const whole = ops.slice(nn.block(model.blocks[1]!, z), 1, 0, 1);
    const direct = nn.block(model.blocks[1]!, z, 1);
    const values = Float32Array.from({ length: z.shape.reduce((a, b) => a * b) }, (_, i) =>
      Math.sin(i),
    );
    const feeds = { ...feedsOf(loadForm(form, await openForm(form))), z: values };
    const results = await evaluate({ whole, direct }, [z, ...tensors], feeds);
    expect(results.direct).toBeAllClose(results.whole, near);
  });

  test("keeps LayerScale and the sum along its blocks in float32 in half precision", async () => {
    const [half] = inHalfPrecision([logits]) as readonly [Tensor];
    const { nodes } = simplify([half]);
    const isGamma = ({ node }: Tensor) =>
      node.op === "input" && (node.params as { readonly name: string }).name.endsWith(".gamma");
    const scaled = nodes.filter(({ op, inputs }) => op === "mul" && inputs.some(isGamma));
    expect(scaled).toHaveLength(4);
    const sums = nodes.filter(({ op }) => op === "add");
    for (const { outputs } of [...scaled, ...sums]) expect(outputs[0].dtype).toBe("float32");
    const feeds = feedsOf(loadForm(form, await openForm(form)));
    const { y } = await evaluate({ y: half }, tensors, feeds);
    expect(y).toBeAllClose(file.data("logits"), { rtol: 0.02, atol: 0.02 });
  });
});

describe("registers", () => {
  test("are refused in a network whose class token has a position", () => {
    const config = { ...deit.variants.nano, registers: 4, classes: 7 };
    expect(() => nn.declareParameters((scope) => declareNetwork(scope, config))).toThrow(
      "vit: expected classPosition: false for a network with registers, got 4 registers and a position embedding for the class token",
    );
  });
});
