/** Operators, layers, a whole DeiT and the optimisers against golden values from PyTorch (golden/make.py). */
import { adamw, clipByGlobalNorm, deit, gradients, minimize, nn, ops, sgd } from "@mvt/core";
import type { NdArray, Tensor } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { backend, evaluate } from "./support/evaluate.ts";
import { golden } from "./support/golden.ts";
import { inOneGraph } from "./support/small-training.ts";

const near = { rtol: 1e-5, atol: 1e-6 };

/** Runs y(xs) and its gradients along the golden direction and compares all of them. */
async function agrees(name: string, inputs: readonly string[], y: (...xs: Tensor[]) => Tensor) {
  const file = golden(name);
  const xs = inputs.map((key) => ops.input(key, file.array(key).shape));
  const output = y(...xs);
  const dy = ops.constant(file.data("dy"), output.shape);
  const dxs = gradients(ops.sum(ops.mul(output, dy)), xs);
  const results = await evaluate<string>(
    { y: output, ...Object.fromEntries(dxs.map((dx, i) => [inputs[i]!, dx])) },
    xs,
    Object.fromEntries(inputs.map((key) => [key, file.data(key)])),
  );
  expect(results["y"]!).toBeAllClose(file.data("y"), near);
  for (const key of inputs) expect(results[key]!).toBeAllClose(file.data(`d_${key}`), near);
}

describe("value and gradient agree with PyTorch's", () => {
  test("layer_norm", () =>
    agrees("layer-norm", ["x", "gamma", "beta"], (x, g, b) => ops.layerNorm(x, g, b, 1e-6)));
  test("gelu, between -6 and 6", () => agrees("gelu", ["x"], ops.gelu));
  test("softmax of logits around 20", () => agrees("softmax", ["x"], ops.softmax));
  test("log_softmax of logits around 20", () => agrees("log-softmax", ["x"], ops.logSoftmax));

  test("scaled_dot_product_attention between two linear layers", () =>
    agrees("attention", ["x", "qkv.weight", "qkv.bias", "proj.weight", "proj.bias"], (x, ...p) =>
      nn.attention(
        { heads: 3, qkv: { weight: p[0]!, bias: p[1]! }, proj: { weight: p[2]!, bias: p[3]! } },
        x,
      ),
    ));

  test("cross_entropy", async () => {
    const file = golden("cross-entropy");
    const logits = ops.input("logits", file.array("logits").shape);
    const labels = ops.constant(Int32Array.from(file.data("labels")), [6]);
    const loss = nn.crossEntropy(logits, labels, ops.constant(new Float32Array(6).fill(1), [6]));
    const [d] = gradients(loss, [logits]);
    const results = await evaluate({ loss, d: d! }, [logits], { logits: file.data("logits") });
    expect(results.loss).toBeAllClose(file.data("loss"), near);
    expect(results.d).toBeAllClose(file.data("d_logits"), near);
  });
});

describe("a small DeiT", () => {
  const file = golden("deit");
  const config = {
    imageSize: 16,
    patchSize: 4,
    width: 24,
    depth: 2,
    heads: 3,
    mlpRatio: 4,
    classes: 5,
  };
  const { model, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, config));
  const images = ops.constant(Uint8Array.from(file.data("images")), [3, 16, 16, 3]);
  const labels = ops.constant(Int32Array.from(file.data("labels")), [3]);
  const patches = deit.normalizePixels(deit.toPixels(deit.patchify(images, 4)));
  const logits = deit.classify(model, patches);
  const loss = nn.crossEntropy(logits, labels, ops.constant(new Float32Array(3).fill(1), [3]));
  const tensors = parameters.map(({ tensor }) => tensor);
  const feeds = Object.fromEntries(parameters.map(({ name }) => [name, file.data(name)]));

  test("has timm's parameters, in name and shape", () => {
    for (const { name, tensor } of parameters) expect(tensor.shape).toEqual(file.array(name).shape);
    const named = [...file.weights.keys()].filter((name) => file.weights.has(`d_${name}`));
    expect(parameters.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
  });

  test("has PyTorch's logits and loss", async () => {
    const results = await evaluate({ logits, loss }, tensors, feeds);
    expect(results.logits).toBeAllClose(file.data("logits"), near);
    expect(results.loss).toBeAllClose(file.data("loss"), near);
  });

  test("has PyTorch's gradient for every parameter", async () => {
    const dLoss = gradients(loss, tensors);
    const outputs = Object.fromEntries(parameters.map(({ name }, i) => [name, dLoss[i]!]));
    const results = await evaluate(outputs, tensors, feeds);
    for (const { name } of parameters) {
      expect(results[name]!, name).toBeAllClose(file.data(`d_${name}`), { rtol: 1e-4, atol: 2e-6 });
    }
  });

  test("answers for the class row alone what all rows together answer", async () => {
    const z = ops.input("z", [3, 17, 24]);
    const whole = ops.slice(nn.block(model.blocks[1]!, z), 1, 0, 1);
    const direct = nn.block(model.blocks[1]!, z, 1);
    const values = Float32Array.from({ length: 3 * 17 * 24 }, (_, i) => Math.sin(i));
    const results = await evaluate({ whole, direct }, [z, ...tensors], { ...feeds, z: values });
    expect(results.direct).toBeAllClose(results.whole, near);
  });
});

// Every parameter of a golden file but "bias" decays.
describe.for([
  ["adamw", "AdamW", adamw({ betas: [0.9, 0.99], weightDecay: 0.05 })],
  ["sgd", "SGD, with momentum and weight decay,", sgd({ momentum: 0.9, weightDecay: 0.05 })],
  ["sgd-nesterov", "SGD in Nesterov's form", sgd({ momentum: 0.8, nesterov: true })],
  ["sgd-plain", "SGD without momentum", sgd({ momentum: 0, weightDecay: 0.05 })],
] as const)("%s.safetensors: %s", ([name, , optimizer]) => {
  const file = golden(name);
  const [matrix, bias] = [ops.input("matrix", [3, 4]), ops.input("bias", [4])];
  const error = ops.sub(ops.add(matrix, bias), ops.constant(file.data("target"), [3, 4]));
  const loss = ops.sum(ops.mul(error, error));
  const program = minimize(
    { inputs: [], outputs: { loss }, state: [] },
    { loss, parameters: [matrix, bias], optimizer: clipByGlobalNorm(optimizer, 1) },
  );
  const initial = new Map<string, NdArray>([
    ["matrix", file.array("matrix")],
    ["bias", file.array("bias")],
  ]);

  const places = { "as the backend places it": program, "in one graph": inOneGraph(program) };
  for (const [place, placed] of Object.entries(places)) {
    test(`takes the steps of torch.optim with clip_grad_norm_, ${place}`, async () => {
      const executable = await backend.compile(placed);
      await executable.writeState(initial);
      for (let step = 1; step <= 5; step += 1) {
        await executable.run({ learningRate: Float32Array.of(1e-2), step: Float32Array.of(step) });
        const state = await executable.readState();
        expect(state.get("matrix")!.data).toBeAllClose(file.data(`matrix.${step}`), near);
        expect(state.get("bias")!.data).toBeAllClose(file.data(`bias.${step}`), near);
      }
      await executable.dispose();
    });
  }
});
