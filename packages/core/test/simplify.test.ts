import { ops, simplify } from "@mvt/core";
import { describe, expect, test } from "vitest";

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
});
