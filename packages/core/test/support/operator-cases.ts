/** @file A use of every primitive operator, on inputs away from kinks. The compiler asks for a missing one. */
import { ops, random } from "@mvt/core";
import type { Shape, Tensor } from "@mvt/core";

export interface OperatorCase {
  readonly shapes: readonly Shape[];
  readonly y: (...xs: Tensor[]) => Tensor;
  /** Inputs are drawn uniformly from here; default -2 to 2. */
  readonly from?: readonly [number, number];
}

const square = [[3, 4]] as const;
const byPrimitive: Readonly<Record<ops.Primitive, Readonly<Record<string, OperatorCase>>>> = {
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
  erf: { erf: { shapes: square, y: ops.erf } },
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
  where: {
    where: {
      shapes: [[3, 4], [4], [3, 1]],
      y: (x, y, z) => ops.where(ops.greater(x, 0), ops.mul(x, y), z),
    },
    "where of numbers": {
      shapes: square,
      y: (x) => ops.mul(ops.where(ops.greater(x, 0), 2, 3), x),
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

/** Every case with its name. */
export const operatorCases = Object.values(byPrimitive).flatMap((group) => Object.entries(group));

/** Σ y · direction, so that every element of y has a weight of its own. */
export function scalarOf(y: Tensor): Tensor {
  const stream = random.stream(7, "direction");
  const size = y.shape.reduce((a, b) => a * b, 1);
  const direction = Float32Array.from({ length: size }, () => stream.uniform(0.5, 1.5));
  return ops.sum(ops.mul(y, ops.constant(direction, y.shape)));
}

/** The inputs of a case, and values for them that depend on its name alone. */
export function drawInputs(
  name: string,
  { shapes, from: [low, high] = [-2, 2] }: OperatorCase,
): { readonly xs: readonly Tensor[]; readonly values: readonly Float32Array[] } {
  const stream = random.stream(1, name);
  const xs = shapes.map((shape, i) => ops.input(`x${i}`, shape));
  const values = shapes.map((shape) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
      stream.uniform(low, high),
    ),
  );
  return { xs, values };
}
