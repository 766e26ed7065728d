import { dims, ops } from "@mvt/core";
import { describe, expect, test } from "vitest";

const x = ops.input("x", [2, 3]);

describe("dims", () => {
  test("names the sizes of the axes", () => {
    const [B, D] = dims(x, "B D");
    expect([B, D]).toEqual([2, 3]);
  });
  test("refuses another number of axes", () => {
    expect(() => dims(x, "B T D")).toThrow("dims: expected 3 dimensions (B T D), got [2, 3]");
  });
});

describe("a shape error", () => {
  const cases: Readonly<Record<string, () => unknown>> = {
    "add: expected shapes that broadcast, got [2, 3] and [2]": () =>
      ops.add(x, ops.input("y", [2])),
    "mul: expected one element type, got float32 and int32": () =>
      ops.mul(x, ops.input("y", [2, 3], "int32")),
    "exp: expected float32 or float16, got uint8": () => ops.exp(ops.input("y", [2], "uint8")),
    "reshape: expected 6 elements, as in [2, 3], got [4]": () => ops.reshape(x, [4]),
    "transpose: expected a permutation of 2 axes for [2, 3], got [0, 0]": () =>
      ops.transpose(x, [0, 0]),
    "broadcastTo: expected a shape that [2, 3] broadcasts to, got [1, 3]": () =>
      ops.broadcastTo(x, [1, 3]),
    "split: expected sizes that add up to axis 1 of [2, 3], got [1, 1]": () =>
      ops.split(x, 1, [1, 1]),
    "slice: expected 0 <= start < end <= 3 on axis 1 of [2, 3], got 2 and 4": () =>
      ops.slice(x, 1, 2, 4),
    "concat: expected shapes that agree but for axis 0, got [2, 3] and [2, 2]": () =>
      ops.concat([x, ops.input("y", [2, 2])], 0),
    "sum: expected an axis of a tensor of rank 2, got 2": () => ops.sum(x, [2]),
    "matmul: expected [..., M, K] and [..., K, N], got [2, 3] and [3, 2]ᵀ": () =>
      ops.matmul(x, ops.input("y", [3, 2]), { transposeY: true }),
    "affine: expected x [R, I], weight [O, I] and bias [O], got [2, 3], [4, 2] and [4]": () =>
      ops.affine(x, ops.input("w", [4, 2]), ops.input("b", [4])),
    "layerNorm: expected gamma and beta of shape [3] for [2, 3], got [2] and [3]": () =>
      ops.layerNorm(x, ops.input("g", [2]), ops.input("b", [3]), 1e-6),
    "constant: expected 3 values for [3], got 2": () => ops.constant(new Float32Array(2), [3]),
  };
  for (const [message, operation] of Object.entries(cases)) {
    test(`names the operation and both shapes: ${message}`, () => {
      expect(operation).toThrow(expect.objectContaining({ name: "ShapeError", message }));
    });
  }
});
