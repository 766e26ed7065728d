/** @file Similarity transforms of the plane, and the one that brings points closest to others. */

export type Point = readonly [x: number, y: number];

/** (x, y) -> (a x - b y + tx, b x + a y + ty): a rotation, a scale and a shift; no reflection. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** Where a point goes. */
export function transform({ a, b, tx, ty }: Similarity, [x, y]: Point): Point {
  return [a * x - b * y + tx, b * x + a * y + ty];
}

/** How much longer lengths become. */
export const scaleOf = ({ a, b }: Similarity): number => Math.hypot(a, b);

/** The transform that undoes another. */
export function inverse({ a, b, tx, ty }: Similarity): Similarity {
  const square = a * a + b * b;
  const [c, d] = [a / square, -b / square];
  return { a: c, b: d, tx: -(c * tx - d * ty), ty: -(d * tx + c * ty) };
}

/**
 * The similarity without reflection that minimises Σ |T(from_i) - to_i|². In the plane this is the solution of
 * S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", PAMI 13 (1991), in closed form:
 * with both centred, a = Σ from · to / Σ |from|² and b = Σ from × to / Σ |from|².
 * Throws a RangeError for lists of different lengths and for points that all lie at one place.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  if (from.length !== to.length || from.length < 2) {
    throw new RangeError(
      `fitSimilarity: expected two lists of at least 2 points each, got ${from.length} and ${to.length}`,
    );
  }
  const [fx, fy] = centreOf(from);
  const [gx, gy] = centreOf(to);
  let [dot, cross, square] = [0, 0, 0];
  for (const [i, [x, y]] of from.entries()) {
    const [u, v] = [x - fx, y - fy];
    const [s, t] = [to[i]![0] - gx, to[i]![1] - gy];
    dot += u * s + v * t;
    cross += u * t - v * s;
    square += u * u + v * v;
  }
  if (square === 0) {
    throw new RangeError("fitSimilarity: expected points at different places, got one place");
  }
  const [a, b] = [dot / square, cross / square];
  return { a, b, tx: gx - a * fx + b * fy, ty: gy - b * fx - a * fy };
}

/** The mean of points. */
export function centreOf(points: readonly Point[]): Point {
  const n = points.length;
  return [
    points.reduce((total, [x]) => total + x, 0) / n,
    points.reduce((total, [, y]) => total + y, 0) / n,
  ];
}
