/** Every operator's gradient against central differences, on inputs away from kinks. */
import { gradients, ops, random } from "@mvt/core";
import type { Shape, Tensor } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { evaluate } from "./support/evaluate.ts";

interface Case {
  readonly shapes: readonly Shape[];
  readonly y: (...xs: Tensor[]) => Tensor;
  /** Inputs are drawn uniformly from here; default -2 to 2. */
  readonly from?: readonly [number, number];
}

const square = [[3, 4]] as const;
const cases: Readonly<Record<ops.Primitive, Readonly<Record<string, Case>>>> = {
  input: { "an input": { shapes: square, y: (x) => x } },
  constant: { "a constant": { shapes: square, y: (x) => ops.add(x, 3) } },
  neg: { neg: { shapes: square, y: ops.neg } },
  exp: { exp: { shapes: square, y: ops.exp } },
  log: { log: { shapes: square, y: ops.log, from: [0.5, 3] } },
  sqrt: { sqrt: { shapes: square, y: ops.sqrt, from: [0.5, 3] } },
  abs: {
    abs: { shapes: square, y: ops.abs, from: [0.2, 2] },
    "abs below 0": { shapes: square, y: ops.abs, from: [-2, -0.2] },
  },
  sign: { sign: { shapes: square, y: (x) => ops.mul(ops.sign(x), x), from: [-2, -0.2] } },
  sigmoid: { sigmoid: { shapes: square, y: ops.sigmoid } },
  normalCdf: { normalCdf: { shapes: square, y: ops.normalCdf } },
  gelu: { gelu: { shapes: square, y: ops.gelu } },
  cast: {
    "cast through int32 and back": {
      shapes: square,
      y: (x) => ops.mul(ops.cast(ops.cast(x, "int32"), "float32"), x),
      from: [1.2, 1.8],
    },
  },
  add: {
    add: {
      shapes: [
        [3, 4],
        [3, 4],
      ],
      y: ops.add,
    },
    "add, broadcast over leading and inner axes": {
      shapes: [
        [2, 3, 4],
        [3, 1],
      ],
      y: ops.add,
    },
    "add of a tensor to itself": { shapes: square, y: (x) => ops.add(x, x) },
  },
  sub: { sub: { shapes: [[3, 4], [4]], y: ops.sub } },
  mul: {
    mul: {
      shapes: [
        [3, 1],
        [2, 1, 4],
      ],
      y: ops.mul,
    },
  },
  div: {
    div: {
      shapes: [
        [3, 4],
        [3, 1],
      ],
      y: ops.div,
      from: [0.5, 2],
    },
  },
  minimum: {
    minimum: {
      // Half of x, or three times x: below and above what it is compared with.
      shapes: [[3, 4], [4]],
      y: (x, z) => ops.minimum(ops.mul(x, ops.constant(Float32Array.of(0.4, 3, 0.4, 3), [4])), z),
      from: [1, 2],
    },
  },
  equal: { equal: { shapes: square, y: (x) => ops.mul(ops.cast(ops.equal(x, x), "float32"), x) } },
  greater: {
    greater: {
      shapes: square,
      y: (x) => ops.mul(ops.cast(ops.greater(x, 0), "float32"), x),
      from: [0.2, 2],
    },
  },
  reshape: { reshape: { shapes: square, y: (x) => ops.reshape(ops.exp(x), [2, 6]) } },
  transpose: { transpose: { shapes: [[2, 3, 4]], y: (x) => ops.transpose(ops.exp(x), [2, 0, 1]) } },
  broadcastTo: { broadcastTo: { shapes: [[3, 1]], y: (x) => ops.broadcastTo(x, [2, 3, 4]) } },
  split: {
    "split, with one piece unused": {
      shapes: [[3, 6]],
      y: (x) => {
        const [a, , c] = ops.split(x, 1, [1, 2, 3]);
        return ops.mul(a!, c!);
      },
    },
    slice: { shapes: [[3, 6]], y: (x) => ops.slice(x, 1, 2, 5) },
  },
  concat: {
    concat: {
      shapes: [
        [3, 2],
        [3, 1],
      ],
      y: (x, y) => ops.exp(ops.concat([x, y, x], 1)),
    },
  },
  after: {
    after: {
      shapes: [
        [3, 2],
        [4, 1],
      ],
      y: (x, y) => ops.mul(ops.exp(ops.after(x, y)), ops.sum(y)),
    },
  },
  sum: {
    sum: { shapes: [[2, 3, 4]], y: (x) => ops.sum(ops.mul(x, x), [0, 2]) },
    "sum of everything": { shapes: square, y: (x) => ops.sum(ops.mul(x, x)) },
    mean: { shapes: square, y: (x) => ops.mean(ops.mul(x, x), [-1], { keepDims: true }) },
    variance: { shapes: square, y: (x) => ops.variance(x, 1) },
  },
  matmul: {
    "matmul of matrices": {
      shapes: [
        [3, 4],
        [4, 2],
      ],
      y: (x, y) => ops.matmul(x, y),
    },
    "matmul of stacks, scaled": {
      shapes: [
        [2, 3, 4],
        [2, 4, 2],
      ],
      y: (x, y) => ops.matmul(x, y, { scale: 0.5 }),
    },
    "matmul, first transposed": {
      shapes: [
        [2, 4, 3],
        [2, 4, 2],
      ],
      y: (x, y) => ops.matmul(x, y, { transposeX: true }),
    },
    "matmul, second transposed": {
      shapes: [
        [2, 3, 4],
        [2, 2, 4],
      ],
      y: (x, y) => ops.matmul(x, y, { transposeY: true }),
    },
    "matmul, both transposed": {
      shapes: [
        [4, 3],
        [2, 4],
      ],
      y: (x, y) => ops.matmul(x, y, { transposeX: true, transposeY: true }),
    },
  },
  affine: { affine: { shapes: [[5, 4], [3, 4], [3]], y: ops.affine } },
  softmax: { softmax: { shapes: square, y: ops.softmax } },
  logSoftmax: { logSoftmax: { shapes: square, y: ops.logSoftmax } },
  layerNorm: {
    layerNorm: { shapes: [[2, 3, 5], [5], [5]], y: (x, g, b) => ops.layerNorm(x, g, b, 1e-6) },
  },
  scaleRowsAdd: {
    scaleRowsAdd: {
      shapes: [
        [3, 4],
        [3, 4],
        [3, 1],
      ],
      y: ops.scaleRowsAdd,
    },
  },
};

/** Σ y · direction, so that every element of y has a weight of its own. */
function scalarOf(y: Tensor): Tensor {
  const stream = random.stream(7, "direction");
  const size = y.shape.reduce((a, b) => a * b, 1);
  const direction = Float32Array.from({ length: size }, () => stream.uniform(0.5, 1.5));
  return ops.sum(ops.mul(y, ops.constant(direction, y.shape)));
}

describe.for(Object.values(cases).flatMap((group) => Object.entries(group)))(
  "the gradient of %s",
  ([name, { shapes, y, from: [low, high] = [-2, 2] }]) => {
    test("is what finite differences give", async () => {
      const stream = random.stream(1, name);
      const xs = shapes.map((shape, i) => ops.input(`x${i}`, shape));
      const values = shapes.map((shape) =>
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
          stream.uniform(low, high),
        ),
      );
      const loss = scalarOf(y(...xs));
      const dxs = gradients(loss, xs);
      const feeds = Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
      const outputs = Object.fromEntries(dxs.map((dx, i) => [`d${i}`, dx]));
      const analytic = await evaluate(outputs, xs, feeds);

      // All shifted copies at once: loss(x + h e) - loss(x - h e) over 2h.
      const h = 2 ** -7;
      for (const [i, value] of values.entries()) {
        const differences: Tensor[] = [];
        for (let k = 0; k < value.length; k += 1) {
          const shift = new Float32Array(value.length);
          shift[k] = h;
          const e = ops.constant(shift, shapes[i]!);
          const at = (x: Tensor) => scalarOf(y(...xs.map((other, j) => (j === i ? x : other))));
          differences.push(ops.sub(at(ops.add(xs[i]!, e)), at(ops.sub(xs[i]!, e))));
        }
        const difference = ops.concat(
          differences.map((d) => ops.reshape(d, [1])),
          0,
        );
        const { d } = await evaluate({ d: ops.mul(difference, 1 / (2 * h)) }, xs, feeds);
        expect(analytic[`d${i}`]!).toBeAllClose(d, { rtol: 5e-3, atol: 5e-3 });
      }
    });
  },
);

describe("gradients", () => {
  test("add up over the uses of a tensor", async () => {
    const x = ops.input("x", [2]);
    const [dx] = gradients(ops.sum(ops.add(ops.mul(x, x), ops.mul(x, 3))), [x]);
    const { d } = await evaluate({ d: dx! }, [x], { x: Float32Array.of(1, -2) });
    expect(d).toBeAllClose([5, -1]); // 2x + 3
  });

  test("are zero for what the loss does not depend on", async () => {
    const [x, other] = [ops.input("x", [2]), ops.input("other", [3])];
    const [, zero] = gradients(ops.sum(x), [x, other]);
    const { d } = await evaluate({ d: zero! });
    expect(d).toEqual(new Float32Array(3));
  });

  test("are refused for a loss that is not a scalar", () => {
    const x = ops.input("x", [2]);
    expect(() => gradients(x, [x])).toThrow("gradients: expected a loss of shape [], got [2]");
  });
});
