/** Outputs that ONNX Runtime writes in place and does not hand back. */
import * as ort from "onnxruntime-node";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { encodeGraph, encodeModel } from "../src/backends/onnx/encode.ts";
import { engineForm } from "../src/backends/onnx/encoders.ts";
import { createSession } from "../src/backends/onnx/session.ts";
import { runUnreturned, withUnreturnedOutputs } from "../src/backends/onnx/unreturned-outputs.ts";
import { ops } from "../src/index.ts";
import { simplify } from "../src/program/simplify.ts";

describe("a graph with unreturned outputs", () => {
  const x = ops.input("x", [3]);
  const results = [ops.neg(x), ops.exp(x)];
  const { graph, resultNames } = encodeGraph(simplify(results), engineForm);
  const values = (data: readonly number[]) => new ort.Tensor("float32", Float32Array.from(data));
  const places = () => resultNames.map((name) => [name, values([0, 0, 0])] as const);
  let session: ort.InferenceSession;

  beforeAll(async () => {
    session = await createSession(ort, encodeModel(withUnreturnedOutputs(graph), engineForm), {});
  });

  test("writes every output where it was told to", async () => {
    const outputs = places();
    await runUnreturned(session, { x: values([0, 1, 2]) }, Object.fromEntries(outputs));
    const [negated, powers] = outputs.map(([, { data }]) => data);
    expect(negated).toBeAllClose([-0, -1, -2]);
    expect(powers).toBeAllClose([1, Math.E, Math.E ** 2]);
  });

  test("hands back no copy; when this fails, a new binding makes the detour unnecessary", async () => {
    const run = vi.spyOn(session, "run");
    await runUnreturned(session, { x: values([0, 1, 2]) }, Object.fromEntries(places()));
    await expect(run.mock.results[0]!.value).rejects.toThrow("Non tensor type");
  });

  test("throws the errors of a run", async () => {
    const run = runUnreturned(session, { x: values([0, 1]) }, Object.fromEntries(places()));
    await expect(run).rejects.toThrow(/Got: 2 Expected: 3/);
  });
});
