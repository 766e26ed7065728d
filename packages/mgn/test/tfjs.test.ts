/** MGN's programs with TensorFlow.js, against ONNX Runtime. */
import { adamw, ops, tfjsBackend } from "@mvt/core";
import { discriminatorProgram, generatorProgram, maskProgram, shapeMask } from "@mvt/mgn";
import { expect, test } from "vitest";
import { backend as onnx } from "./support/evaluate.ts";
import { runOn } from "./support/run-on.ts";
import { B, m, N, smallBatch, smallMgn } from "./support/small.ts";

const tfjs = await tfjsBackend({ engine: "cpu" });

const mgn = smallMgn();
// The gradient of a key's bias is rounding alone: a small ε would make a step of it.
const options = { batchSize: B, optimizer: adamw({ epsilon: 1e-4 }) };
const feeds = {
  ...smallBatch(),
  randomMask: Float32Array.from({ length: B * N }, (_, i) => Number(i % 3 === 0)),
  learningRate: Float32Array.of(1e-2),
};

const slow = { tags: ["slow"] };

test.for([
  ["three steps of the discriminator", discriminatorProgram(mgn, options)],
  ["three steps of the generator", generatorProgram(mgn, options)],
  ["batches of masks", maskProgram(mgn.generator, { batchSize: B })],
] as const)("%s agree with ONNX Runtime's", slow, async ([, program]) => {
  const expected = await runOn(onnx, program, mgn.weights, feeds, 3);
  const actual = await runOn(tfjs, program, mgn.weights, feeds, 3);
  for (const [name, values] of Object.entries(expected.results)) {
    expect(actual.results[name]!, name).toBeAllClose(values, { rtol: 1e-4, atol: 1e-6 });
  }
  for (const [name, { data }] of expected.state) {
    expect(actual.state.get(name)!.data, name).toBeAllClose(data, { rtol: 1e-3, atol: 1e-5 });
  }
});

test.for([
  { kind: "hard", threshold: 0.5 },
  { kind: "top-k", m },
] as const)("masks of the form $kind are ONNX Runtime's", async (form) => {
  const Mp = ops.input("Mp", [2, 6]);
  const program = { inputs: [Mp], outputs: { mask: shapeMask(Mp, form) }, state: [] };
  const given = { Mp: Float32Array.of(0.1, 0.5, 0.9, 0.5, 0.6, 0.5, 0, 0, 1, 1, 0.7, 0.2) };
  const expected = await runOn(onnx, program, new Map(), given, 1);
  expect((await runOn(tfjs, program, new Map(), given, 1)).results).toEqual(expected.results);
});
