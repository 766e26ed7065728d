/** How programs are printed, and that errors about a node show its line. */
import { deit, minimize, nn, onnxBackend, ops, printProgram, sgd } from "@mvt/core";
import { encodePortable } from "@mvt/core/portable";
import type { Program } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { encode } from "../src/backends/onnx/encode.ts";
import { engineForm } from "../src/backends/onnx/encoders.ts";
import type { Form } from "../src/backends/onnx/encoding.ts";
import { createSession, withNode } from "../src/backends/onnx/session.ts";
import { printNode } from "../src/program/print.ts";
import { simplify } from "../src/program/simplify.ts";

const x = ops.input("x", [2, 3]);
const weight = ops.input("fc.weight", [4, 3]);
const bias = ops.input("fc.bias", [4]);
const labels = ops.input("labels", [2], "int32");
const sampleWeights = ops.input("weights", [2]);
const logits = nn.linear({ weight, bias }, x);

describe("a printed program", () => {
  test("has a line for every node, with element types and shapes", () => {
    const program: Program = {
      inputs: [x],
      outputs: { probabilities: ops.softmax(ops.mul(ops.gelu(logits), 0.5)) },
      state: [{ input: weight }, { input: bias }],
    };
    expect(printProgram(program)).toMatchInlineSnapshot(`
      "x: float32[2, 3] = input
      fc.weight: float32[4, 3] = state
      fc.bias: float32[4] = state
      %1: float32[2, 4] = affine(x, fc.weight, fc.bias)
      %2: float32[2, 4] = gelu(%1)
      %3: float32[2, 4] = mul(%2, 0.5)
      %4: float32[2, 4] = softmax(%3)
      return probabilities: %4"
    `);
  });

  test("shows the update of its parameters, and what it keeps", () => {
    const loss = nn.crossEntropy(logits, labels, sampleWeights);
    const program = minimize(
      { inputs: [x, labels, sampleWeights], outputs: { loss }, state: [] },
      { loss, parameters: [weight, bias], optimizer: sgd({ momentum: 0 }) },
    );
    expect(printProgram(program)).toMatchInlineSnapshot(`
      "x: float32[2, 3] = input
      fc.weight: float32[4, 3] = state
      fc.bias: float32[4] = state
      %1: float32[2, 4] = affine(x, fc.weight, fc.bias)
      %2: float32[2, 4] = logSoftmax(%1)
      labels: int32[2] = input
      %3: int32[2, 1] = reshape(labels)
      %4: int32[1, 4] = constant(0, 1, 2, 3)
      %5: bool[2, 4] = equal(%3, %4)
      %6: float32[2, 4] = cast(%5, to: float32)
      %7: float32[2, 4] = mul(%2, %6)
      %8: float32[2] = sum(%7, axes: [1])
      %9: float32[2] = neg(%8)
      weights: float32[2] = input
      %10: float32[2] = mul(%9, weights)
      %11: float32[] = sum(%10, axes: [0])
      %12: float32[] = sum(weights, axes: [0])
      %13: float32[] = div(%11, %12)
      %14: float32[] = div(1, %12)
      %15: float32[1] = reshape(%14)
      %16: float32[2] = broadcastTo(%15)
      %17: float32[2] = mul(%16, weights)
      %18: float32[2] = neg(%17)
      %19: float32[2, 1] = reshape(%18)
      %20: float32[2, 4] = broadcastTo(%19)
      %21: float32[2, 4] = mul(%20, %6)
      %22: float32[2, 4] = exp(%2)
      %23: float32[2, 1] = sum(%21, axes: [1], keepDims: true)
      %24: float32[2, 4] = mul(%22, %23)
      %25: float32[2, 4] = sub(%21, %24)
      %26: float32[4, 3] = matmul(%25, x, transposeX: true)
      %27: float32[4] = sum(%25, axes: [0])
      learningRate: float32[] = input
      %28: float32[4, 3] = mul(%26, learningRate)
      %29: float32[4, 3] = sub(fc.weight, %28)
      %30: float32[4] = mul(%27, learningRate)
      %31: float32[4] = sub(fc.bias, %30)
      return loss: %13
      return gradient of fc.weight: %26
      return gradient of fc.bias: %27
      return next fc.weight: %29
      return next fc.bias: %31"
    `);
  });

  test("names the next values of its state", () => {
    const count = ops.input("count", []);
    const program: Program = {
      inputs: [],
      outputs: { count },
      state: [{ input: count, next: ops.add(count, 1), initial: 0 }],
    };
    expect(printProgram(program)).toMatchInlineSnapshot(`
      "count: float32[] = state
      %1: float32[] = add(count, 1)
      return count: count
      return next count: %1"
    `);
  });

  test("can be tensors alone, named or not, with operators of several outputs", () => {
    const [left, right] = ops.split(x, 1, [1, 2]);
    const range = ops.constant(
      Int32Array.from({ length: 8 }, (_, i) => i),
      [8],
    );
    const scores = ops.matmul(ops.reshape(right!, [1, 2, 2]), ops.reshape(right!, [1, 2, 2]), {
      transposeY: true,
      scale: Math.SQRT1_2,
    });
    expect(printProgram([left!, scores])).toMatchInlineSnapshot(`
      "x: float32[2, 3] = input
      %1: float32[2, 1], %2: float32[2, 2] = split(x, axis: 1, sizes: [1, 2])
      %3: float32[1, 2, 2] = reshape(%2)
      %4: float32[1, 2, 2] = matmul(%3, %3, transposeY: true, scale: 0.707107)
      return 0: %1
      return 1: %4"
    `);
    expect(printProgram({ range: ops.sum(ops.cast(range, "float32")) })).toMatchInlineSnapshot(`
      "%1: int32[8] = constant(0, 1, 2, 3, 4, 5, ...)
      %2: float32[8] = cast(%1, to: float32)
      %3: float32[] = sum(%2, axes: [0])
      return range: %3"
    `);
  });

  test("is the same text every time, for a model of any depth", () => {
    const config = { imageSize: 32, patchSize: 16, width: 8, depth: 2, heads: 2, mlpRatio: 2 };
    const text = () => {
      const { model } = nn.declareParameters((scope) =>
        deit.declareVit(scope, { ...config, classes: 3 }),
      );
      return printProgram([deit.classify(model, ops.input("patches", [1, 4, 768]))]);
    };
    expect(text()).toBe(text());
    expect(text()).toContain("matmul(");
  });
});

describe("an error about a node shows its line", () => {
  test("where an input is unknown", async () => {
    const backend = await onnxBackend({ threads: 1 });
    const program: Program = { inputs: [x], outputs: { logits }, state: [{ input: weight }] };
    await expect(backend.compile(program)).rejects.toThrow(
      "compile: expected every input to be fed or kept as state, but fc.bias is neither. fc.bias is read by " +
        "float32[2, 4] = affine(x: float32[2, 3], fc.weight: float32[4, 3], fc.bias: float32[4])",
    );
  });

  test("where ONNX Runtime refuses a node", async () => {
    const form: Form = {
      ...engineForm,
      encoders: {
        ...engineForm.encoders,
        exp: ({ inputs, outputs }, { emit }) => emit("Unheard", inputs, outputs),
      },
    };
    const { model, writtenFor } = encode(simplify([ops.exp(ops.neg(x))]), form);
    const ort = await import("onnxruntime-node");
    const refusal: unknown = await createSession(ort, model, {}).catch((error: unknown) => error);
    expect(withNode(refusal, writtenFor)).toMatchObject({
      message: expect.stringMatching(
        /No Op registered for Unheard.* It was written for float32\[2, 3\] = exp\(float32\[2, 3\]\)$/s,
      ),
      cause: refusal,
    });
    const other = new Error("out of memory");
    expect(withNode(other, writtenFor)).toBe(other);
  });

  test("where an operator cannot be encoded", () => {
    const graph = simplify([ops.exp(x)]);
    const nodes = graph.nodes.map((node) => (node.op === "exp" ? { ...node, op: "exq" } : node));
    expect(() => encode({ ...graph, nodes })).toThrow(
      "encode: expected an operator that can be written in ONNX, got float32[2, 3] = exq(x: float32[2, 3])",
    );
  });

  test("where the program of another batch size has another operator", () => {
    const program = (batchSize: number): Program => {
      const images = ops.input("images", [batchSize, 3]);
      return { inputs: [images], outputs: { y: ops.mul(images, batchSize) }, state: [] };
    };
    expect(() => encodePortable({ program, weights: new Map() })).toThrow(
      "constant: expected the same operator for every batch size, got float32[] = constant(1009) for one and float32[] = constant(1013)",
    );
  });
});

test("a node's own line gives the types of its operands in place of numbers", () => {
  const product = ops.matmul(ops.neg(x), weight, { transposeY: true });
  expect(printNode(product.node)).toBe(
    "float32[2, 4] = matmul(float32[2, 3], fc.weight: float32[4, 3], transposeY: true)",
  );
});
