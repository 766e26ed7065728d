/** Parameters and gradients that a graph reads and writes in slices of rows, where they lie. */
import { adamw, gradients, minimize, onnxBackend, ops, simplify } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { encodeGraph } from "../src/backends/onnx/encode.ts";
import { engineForm } from "../src/backends/onnx/encoders.ts";
import { inRowSlices, withRowSlices } from "../src/backends/onnx/row-slices.ts";
import type { MemorySlice } from "../src/backends/onnx/shared-memory.ts";

const weight = ops.input("weight", [6, 2]);
const x = ops.input("x", [1, 2]);
const [first, second] = ops.split(weight, 0, [2, 4]) as [Tensor, Tensor];
const y = ops.sum(
  ops.concat(
    [
      ops.matmul(x, first, { transposeY: true }),
      ops.exp(ops.matmul(x, second, { transposeY: true })),
    ],
    1,
  ),
);
const [gradient] = gradients(y, [weight]) as [Tensor];

/** What is left of a graph's cutting and joining of the weight, and its slices of rows. */
function cut(results: readonly Tensor[], gradientAt?: number) {
  const { graph, resultNames } = encodeGraph(simplify(results), engineForm);
  const parameter = { name: "weight", shape: weight.shape };
  const gradientName = gradientAt === undefined ? {} : { gradient: resultNames[gradientAt]! };
  const inPlace = withRowSlices(graph, [{ ...parameter, ...gradientName }]);
  const operators = inPlace.graph.node.map(({ opType }) => opType);
  return { ...inPlace, operators, gradient: gradientName.gradient };
}

describe("a parameter that is read in slices of rows", () => {
  test("is an input for every slice of rows, in place of the node that cuts it", () => {
    const { graph, rowSlices, operators } = cut([y]);
    expect(operators).not.toContain("Split");
    expect(rowSlices.map(({ of, offset, shape }) => [of, offset, shape])).toEqual([
      ["weight", 0, [2, 2]],
      ["weight", 4, [4, 2]],
    ]);
    expect(graph.input.map(({ name }) => name)).toEqual([
      "x",
      ...rowSlices.map(({ name }) => name),
    ]);
  });

  test("has its gradient written in slices of rows as well", () => {
    const { graph, rowSlices, operators, ...whole } = cut([y, gradient], 1);
    const written = rowSlices.filter(({ of }) => of === whole.gradient);
    expect(written.map(({ offset, shape }) => [offset, shape])).toEqual([
      [0, [2, 2]],
      [4, [4, 2]],
    ]);
    const outputs = graph.output.map(({ name }) => name);
    expect(outputs).toEqual([outputs[0], ...written.map(({ name }) => name)]);
    expect(operators.filter((operator) => operator === "Concat")).toHaveLength(1); // that of y
  });

  test("lies where its array lies", () => {
    const { rowSlices } = cut([y]);
    const [dtype, other] = ["float32", { at: 512, shape: [1], dtype: "float32" }] as const;
    const spans = new Map<string, MemorySlice>([
      ["weight", { at: 256, shape: [6, 2], dtype }],
      ["other", other],
    ]);
    expect([...inRowSlices(spans, rowSlices).values()]).toEqual([
      { at: 256, shape: [2, 2], dtype },
      { at: 256 + 4 * 4, shape: [4, 2], dtype },
      other,
    ]);
  });

  test.for([
    ["it is read whole as well", [y, ops.exp(weight)]],
    ["a slice of rows is a result", [y, second]],
    [
      "it is cut along another axis",
      [ops.mul(...(ops.split(weight, 1, [1, 1]) as [Tensor, Tensor]))],
    ],
  ] as const)("stays whole where %s", ([, results]) => {
    const { rowSlices, operators } = cut(results);
    expect(rowSlices).toEqual([]);
    expect(operators).toContain("Split");
  });

  test("trains as it does whole", async () => {
    const backend = await onnxBackend({ threads: 1 });
    const train = async (read: Tensor) => {
      const [a, b] = ops.split(read, 0, [2, 4]) as [Tensor, Tensor];
      const loss = ops.add(
        ops.sum(ops.mul(ops.matmul(x, a, { transposeY: true }), 3)),
        ops.sum(ops.exp(b)),
      );
      const executable = await backend.compile(
        minimize(
          { inputs: [x], outputs: { loss }, state: [] },
          { loss, parameters: [weight], optimizer: adamw() },
        ),
      );
      await executable.writeState(
        new Map([
          ["weight", { shape: [6, 2], data: Float32Array.from({ length: 12 }, (_, i) => i / 10) }],
        ]),
      );
      for (const step of [1, 2, 3]) {
        await executable.run({
          x: Float32Array.of(1, -2),
          learningRate: Float32Array.of(0.1),
          step: Float32Array.of(step),
        });
      }
      const state = await executable.readState();
      await executable.dispose();
      return state;
    };
    const inPlace = await train(weight);
    const whole = await train(ops.mul(weight, 1)); // what is cut is no parameter
    for (const [name, { data }] of whole) expect(inPlace.get(name)!.data, name).toBeAllClose(data);
  });
});
