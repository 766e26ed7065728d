/**
 * @file The two directions along which points differ most: principal component analysis, for a map of points on a plane.
 *
 * Pearson, "On lines and planes of closest fit to systems of points in space", Philosophical Magazine 1901. The axes are
 * found by orthogonal iteration on the covariance matrix (Golub and Van Loan, "Matrix Computations", 7.3.2), which needs
 * no more than the two largest eigenvalues, and gives the same on every machine but for rounding.
 */
import { sum } from "@mvt/common";
import { random } from "@mvt/core";

/** Points on the plane of their two principal axes. */
export interface Plane {
  /** [n] the place along each axis, from the mean. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The share of the variance that lies along each axis. */
  readonly explained: readonly [number, number];
}

/** Iterations, of which well separated axes need a few dozens. */
const mostIterations = 1000;

/**
 * The places of `n` points [n, D] along their two principal axes. An axis points where its largest weight is positive. Throws
 * a RangeError for fewer than two points or dimensions.
 */
export function principalPlane(values: Float32Array, n: number): Plane {
  const D = values.length / n;
  if (n < 2 || D < 2) {
    throw new RangeError(`principalPlane: expected two points and dimensions, got ${n} and ${D}`);
  }
  const centred = centre(values, n, D);
  const covariance = covarianceOf(centred, n, D);
  const stream = random.stream(0, "principal-axes");
  let axes = orthonormal([0, 1].map(() => Float64Array.from({ length: D }, () => stream.normal())));
  for (let i = 0; i < mostIterations; i += 1) {
    const next = orthonormal(axes.map((axis) => times(covariance, axis)));
    const turned = Math.min(...axes.map((axis, k) => Math.abs(dot(axis, next[k]!))));
    axes = next;
    if (turned > 1 - 1e-14) break;
  }
  axes = axes.map(pointed);
  const total = sum(Array.from({ length: D }, (_, d) => covariance[d * D + d]!));
  const [first, second] = axes.map((axis) => {
    const along = dot(axis, times(covariance, axis));
    return total > 0 ? along / total : 0;
  });
  return {
    points: Array.from({ length: n }, (_, i) => {
      const point = centred.subarray(i * D, (i + 1) * D);
      return [dot(axes[0]!, point), dot(axes[1]!, point)];
    }),
    explained: [first!, second!],
  };
}

function centre(values: Float32Array, n: number, D: number): Float64Array {
  const total = new Float64Array(D);
  for (const [i, value] of values.entries()) total[i % D]! += value;
  return Float64Array.from(values, (value, i) => value - total[i % D]! / n);
}

/** [D, D] */
function covarianceOf(centred: Float64Array, n: number, D: number): Float64Array {
  const covariance = new Float64Array(D * D);
  for (let i = 0; i < n; i += 1) {
    const point = centred.subarray(i * D, (i + 1) * D);
    for (let a = 0; a < D; a += 1) {
      const scaled = point[a]! / (n - 1);
      for (let b = 0; b < D; b += 1) covariance[a * D + b]! += scaled * point[b]!;
    }
  }
  return covariance;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i += 1) total += a[i]! * b[i]!;
  return total;
}

/** A matrix [D, D] times a vector [D]. */
function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const D = vector.length;
  return Float64Array.from(vector, (_, row) =>
    dot(matrix.subarray(row * D, (row + 1) * D), vector),
  );
}

/** Gram-Schmidt. A vector of no length stays so: points on a line have no second axis. */
function orthonormal(vectors: readonly Float64Array[]): readonly Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    let rest = vector;
    for (const other of done) {
      const along = dot(rest, other);
      rest = rest.map((value, i) => value - along * other[i]!);
    }
    const length = Math.sqrt(dot(rest, rest));
    const before = Math.sqrt(dot(vector, vector));
    done.push(rest.map((value) => (length > 1e-9 * before ? value / length : 0)));
  }
  return done;
}

/** The axis or its opposite, so that its largest weight is positive. */
function pointed(axis: Float64Array): Float64Array {
  const largest = axis.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}
