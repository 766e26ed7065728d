/** Attention as one operator on the CPU, where nothing else reads its probabilities. */
import { gradients, nn, ops, random, simplify } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { cpuForm } from "../src/backends/onnx/cpu-encoders.ts";
import { encode, encodeGraph } from "../src/backends/onnx/encode.ts";
import { engineForm } from "../src/backends/onnx/encoders.ts";
import type { Form } from "../src/backends/onnx/encoding.ts";

const [B, T, D, heads] = [2, 5, 12, 3];
const initializer = nn.truncatedNormal(0.5);
const { model: block, parameters } = nn.declareParameters((scope) =>
  nn.declareBlock(scope, { width: D, heads, mlpRatio: 2, initializer }),
);
const z = ops.input("z", [B, T, D]);
const stream = random.stream(3, "tokens");
const tokens = Float32Array.from({ length: B * T * D }, () => stream.normal());
const values = new Map([
  ...nn.initialWeights(parameters, 1),
  ["z", { shape: z.shape, data: tokens }],
]);

/** Which operators of attention a graph on the CPU has. */
function operatorsOf(results: readonly Tensor[]): readonly string[] {
  const { node } = encodeGraph(simplify(results), cpuForm).graph;
  const ofAttention = new Set([
    "MultiHeadAttention",
    "FusedMatMul",
    "Softmax",
    "MatMul",
    "Transpose",
  ]);
  return node.map(({ opType }) => opType).filter((operator) => ofAttention.has(operator));
}

async function valueOf(y: Tensor, form: Form): Promise<Float32Array> {
  const { model, resultNames } = encode(simplify([y]), form);
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const feeds = session.inputNames.map((name) => {
    const { shape, data } = values.get(name)!;
    return [name, new ort.Tensor("float32", data, shape)] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return results[resultNames[0]!]!.data as Float32Array;
}

describe("attention on the CPU", () => {
  test.for([
    ["all tokens", T],
    ["the class token alone", 1],
  ] as const)("is one operator with the values of its operators, for %s", async ([, rows]) => {
    const y = nn.block(block, z, rows);
    expect(operatorsOf([y])).toEqual(["MultiHeadAttention"]);
    const expected = await valueOf(y, engineForm);
    expect(await valueOf(y, cpuForm)).toBeAllClose(expected, { rtol: 1e-5, atol: 1e-6 });
  });

  test("keeps its operators where gradients read the probabilities", () => {
    const y = nn.block(block, z);
    const operators = operatorsOf([y, ...gradients(ops.sum(y), [block.attn.qkv.weight])]);
    expect(operators).toContain("Softmax");
    expect(operators).not.toContain("MultiHeadAttention");
  });

  test("keeps its operators where the probabilities are a result", () => {
    const q = ops.transpose(ops.reshape(z, [B, T, heads, D / heads]), [0, 2, 1, 3]);
    const probabilities = ops.softmax(ops.matmul(q, q, { transposeY: true }));
    const y = ops.transpose(ops.matmul(probabilities, q), [0, 2, 1, 3]);
    expect(operatorsOf([y])).toContain("MultiHeadAttention");
    expect(operatorsOf([y, probabilities])).not.toContain("MultiHeadAttention");
  });
});
