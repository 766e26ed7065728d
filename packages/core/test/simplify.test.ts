import { ops, simplify } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { decompositions, plainMatmul } from "../src/ops/decompositions.ts";
import type { PlainMatmul } from "../src/ops/decompositions.ts";

const names = (nodes: ReturnType<typeof simplify>["nodes"]) => nodes.map(({ op }) => op);

describe("simplification", () => {
  const x = ops.input("x", [2, 3]);

  test("shares equal subexpressions", () => {
    const { nodes } = simplify([ops.add(ops.exp(x), ops.exp(x))]);
    expect(names(nodes)).toEqual(["input", "exp", "add"]);
  });

  test("tells apart what differs in parameters or constants alone", () => {
    const { nodes } = simplify([
      ops.sum(x, [0]),
      ops.sum(x, [1]),
      ops.mul(x, 2),
      ops.mul(x, 3),
      ops.mul(x, 2),
    ]);
    expect(names(nodes)).toEqual(["input", "sum", "sum", "constant", "mul", "constant", "mul"]);
  });

  test("tells apart the outputs of one node", () => {
    const [a, b] = ops.split(x, 1, [1, 2]);
    const { nodes, results } = simplify([ops.exp(a!), ops.exp(b!)]);
    expect(names(nodes)).toEqual(["input", "split", "exp", "exp"]);
    expect(results.map(({ shape }) => shape)).toEqual([
      [2, 1],
      [2, 2],
    ]);
  });

  test("drops what no result needs", () => {
    ops.exp(x);
    expect(names(simplify([ops.log(x)]).nodes)).toEqual(["input", "log"]);
  });

  test("keeps a reshape of a reshape as one, and one to the same shape as none", () => {
    expect(ops.reshape(ops.reshape(x, [6]), [2, 3])).toBe(x);
    expect(names(simplify([ops.reshape(ops.reshape(x, [6]), [3, 2])]).nodes)).toEqual([
      "input",
      "reshape",
    ]);
  });

  test("replaces operators by simpler ones, and those again", () => {
    const { gelu, normalCdf } = decompositions;
    expect(names(simplify([ops.gelu(x)], { gelu }).nodes)).toEqual(["input", "normalCdf", "mul"]);
    const { nodes, results } = simplify([ops.gelu(x)], { gelu, normalCdf });
    expect(names(nodes).filter((op) => op !== "constant")).toEqual([
      "input",
      "mul",
      "erf",
      "add",
      "mul",
      "mul",
    ]);
    expect(results[0]!.shape).toEqual([2, 3]);
  });

  test("shares what two replaced operators have in common", () => {
    const { gelu, normalCdf } = decompositions;
    const { nodes } = simplify([ops.gelu(x), ops.normalCdf(x)], { gelu, normalCdf });
    expect(names(nodes).filter((op) => op === "erf")).toHaveLength(1);
  });
});

describe("a product without transposes and factor", () => {
  const [q, k] = [ops.input("q", [2, 5, 4]), ops.input("k", [2, 5, 4])];
  const scores = ops.matmul(q, k, { transposeY: true, scale: 0.5 });
  const plain = (x: Parameters<typeof simplify>[0][number], options: PlainMatmul) =>
    names(simplify([x], { matmul: plainMatmul(options) }).nodes);

  test("scales the smallest of the three matrices, or the product", () => {
    const transposed = ["transpose", "matmul"];
    const options = { transposes: true } as const;
    expect(plain(scores, { ...options, scaled: "smallest" })).toEqual(
      ["input", "input", "constant", "mul", ...transposed], // the first of the two smallest
    );
    expect(plain(scores, { ...options, scaled: "product" })).toEqual([
      "input",
      "input",
      ...transposed,
      "constant",
      "mul",
    ]);
  });

  test("keeps transposes unless they are to be operators", () => {
    expect(plain(scores, { scaled: "smallest" })).not.toContain("transpose");
  });

  test("leaves a plain product alone, and on request every product of two matrices", () => {
    expect(plain(ops.matmul(ops.transpose(q, [0, 2, 1]), k), { scaled: "product" })).toEqual([
      "input",
      "transpose",
      "input",
      "matmul",
    ]);
    const matrices = ops.matmul(ops.input("a", [3, 4]), ops.input("b", [4, 2]), { scale: 2 });
    const options = { transposes: true, scaled: "product", stacksOnly: true } as const;
    expect(plain(matrices, options)).toEqual(["input", "input", "matmul"]);
  });
});
