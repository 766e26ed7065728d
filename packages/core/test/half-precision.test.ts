/** Half precision where no GPU is needed: what is computed in which type, and that gradients follow. */
import { gradients, inHalfPrecision, nn, ops, simplify } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { backend as onnx, evaluate, evaluateOn } from "./support/evaluate.ts";
import { halfLogits, halfStep, parameters, trainingStep } from "./support/small-training.ts";
import { tfjsBackends } from "./support/tfjs.ts";

const engines = [["onnxruntime-node", onnx] as const, ...tfjsBackends];

/** The types that the operators of a graph make, by operator. */
function typesOf(results: readonly Tensor[]): Readonly<Record<string, readonly string[]>> {
  const types: Record<string, string[]> = {};
  for (const { op, outputs } of simplify(results).nodes) {
    for (const { dtype } of outputs) {
      const known = (types[op] ??= []);
      if (!known.includes(dtype)) known.push(dtype);
    }
  }
  return types;
}

const half = (x: Tensor) => ops.cast(x, "float16");
const single = (x: Tensor) => ops.cast(x, "float32");

describe("a model in half precision", () => {
  test("computes products and GELU in float16, normalisations in float32", () => {
    const types = typesOf([halfLogits]);
    for (const op of ["affine", "matmul", "gelu"]) expect(types[op], op).toEqual(["float16"]);
    for (const op of ["layerNorm", "softmax"]) expect(types[op], op).toEqual(["float32"]);
  });

  test("keeps the sum along its blocks, parameters and answers in float32", () => {
    const { nodes } = simplify([halfLogits]);
    const ofType = (op: string) => nodes.filter((node) => node.op === op);
    for (const { outputs } of ofType("add")) expect(outputs[0].dtype).toBe("float32");
    const inputs = ofType("input").map(({ outputs }) => outputs[0]);
    expect(inputs.filter(({ dtype }) => dtype === "float32")).toHaveLength(parameters.length);
    expect(halfLogits.dtype).toBe("float32");
  });

  test("computes the products of its gradients in float16, sums and gradients in float32", () => {
    const { update, outputs } = halfStep();
    const dLoss = update!.gradients;
    expect(dLoss.every(({ dtype }) => dtype === "float32")).toBe(true);
    const results = [outputs["loss"]!, ...dLoss];
    const types = typesOf(results);
    expect(types["sum"]).toEqual(["float32"]);
    expect(types["scaleRowsAdd"]).toEqual(["float32"]);
    // But for the two means in the gradient of a normalisation, which are products with a column.
    const products = simplify(results).nodes.filter(({ op }) => op === "matmul");
    const wide = products.filter(({ outputs: made }) => made[0].shape.at(-1) !== 1);
    for (const { outputs: made } of wide) expect(made[0].dtype).toBe("float16");
  });

  test("has the gradients of the model in full precision, to float16's rounding", async () => {
    const labels = ops.input("labels", [3], "int32");
    const x = ops.input("x", [3, 8]);
    const w = ops.input("w", [5, 8]);
    const b = ops.input("b", [5]);
    const logits = nn.linear({ weight: w, bias: b }, ops.gelu(ops.mul(x, 0.5)));
    const [lower] = inHalfPrecision([logits]);
    const dLoss = (y: Tensor) =>
      gradients(nn.crossEntropy(y, labels, ops.constant(Float32Array.of(1, 1, 1), [3])), [x, w, b]);
    const named = (prefix: string, ds: readonly Tensor[]) =>
      Object.fromEntries(ds.map((d, i) => [`${prefix}${i}`, d]));
    const values = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(3 * i));
    const results = await evaluate(
      { ...named("full", dLoss(logits)), ...named("half", dLoss(lower!)) },
      [x, w, b, labels],
      { x: values(24), w: values(40), b: values(5), labels: Int32Array.of(0, 3, 1) },
    );
    for (const i of [0, 1, 2]) {
      expect(results[`half${i}`]).toBeAllClose(results[`full${i}`]!, { rtol: 5e-3, atol: 5e-4 });
      expect(results[`half${i}`]).not.toEqual(results[`full${i}`]);
    }
  });

  test("is the model itself where it has no products", () => {
    const x = ops.input("x", [2, 3]);
    const y = ops.softmax(ops.add(x, 1));
    expect(inHalfPrecision([y])).toEqual([y]);
  });
});

describe("float16", () => {
  const x = ops.input("x", [4]);

  test.for(engines)("is rounded to as Float16Array does, with %s", async ([, engine]) => {
    const given = Float32Array.of(1 / 3, 2049, 70_000, 1e-8);
    const { y } = await evaluateOn(engine, { y: single(half(x)) }, [x], { x: given });
    expect(y).toEqual(Float32Array.from(Float16Array.from(given)));
  });

  test("makes a number beside it float16", () => {
    expect(ops.mul(half(x), 2).dtype).toBe("float16");
    expect(ops.where(ops.greater(half(x), 0), 1, half(x)).dtype).toBe("float16");
  });

  test("is summed in float32", async () => {
    const ones = ops.broadcastTo(half(ops.constant(Float32Array.of(1), [1])), [4097]);
    expect(typesOf([ops.sum(ones)])["sum"]).toEqual(["float32"]);
  });

  test("has a gradient of its own type, also where a piece of it is unused", () => {
    const y = ops.input("y", [4]);
    const [piece] = ops.split(half(y), 0, [1, 3]);
    const [dy] = gradients(single(ops.sum(ops.exp(piece!))), [y]);
    expect(dy!.dtype).toBe("float32");
    expect(typesOf([dy!])["concat"]).toEqual(["float16"]);
  });

  test("is refused beside float32, and where float32 is needed", () => {
    expect(() => ops.add(half(x), x)).toThrow(
      "add: expected one element type, got float16 and float32",
    );
    const m = ops.input("m", [4, 4]);
    expect(() => ops.matmul(half(m), m)).toThrow(
      "matmul: expected one element type, got float16 and float32",
    );
    expect(() => ops.softmax(half(x))).toThrow("softmax: expected float32, got float16");
  });

  test("is in no program that was not asked for it", () => {
    const { update, outputs } = trainingStep;
    const results = [...Object.values(outputs), ...update!.gradients];
    expect(Object.values(typesOf(results)).flat()).not.toContain("float16");
  });
});

describe("where", () => {
  const x = ops.input("x", [3]);
  const feeds = { x: Float32Array.of(-1, 0, 4) };

  test.for(engines)(
    "lets nothing through of what it does not choose, with %s",
    async ([, engine]) => {
      const y = ops.where(ops.greater(x, 0), ops.log(x), 7);
      const [dx] = gradients(ops.sum(ops.mul(y, y)), [x]);
      const results = await evaluateOn(
        engine,
        { y, dSquares: ops.where(ops.greater(x, 0), dx!, 0) },
        [x],
        feeds,
      );
      expect(results.y).toBeAllClose([7, 7, Math.log(4)]);
      expect(results.dSquares).toBeAllClose([0, 0, (2 * Math.log(4)) / 4]);
    },
  );

  test("is refused without a condition of bool", () => {
    expect(() => ops.where(x, x, 0)).toThrow("where: expected a condition of bool, got float32");
  });
});
