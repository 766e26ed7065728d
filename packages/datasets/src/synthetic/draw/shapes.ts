/** @file The shapes that images are made of, as signed distances (exact, or close to exact near the outline). */
import type { Shape } from "./raster.ts";

/** An ellipse. Distance: (|p/r| - 1) |p/r| / |p/r²|, first order at the outline. */
export function ellipse(u: number, v: number, radiusU: number, radiusV: number): Shape {
  return {
    box: [u - radiusU, v - radiusV, u + radiusU, v + radiusV],
    distance(x, y) {
      const a = (x - u) / radiusU;
      const b = (y - v) / radiusV;
      const k = Math.sqrt(a * a + b * b);
      const slope = Math.sqrt((a / radiusU) ** 2 + (b / radiusV) ** 2);
      return slope === 0 ? -Math.min(radiusU, radiusV) : (k * (k - 1)) / slope;
    },
  };
}

/** A straight stroke with round ends. */
export function stroke(u0: number, v0: number, u1: number, v1: number, radius: number): Shape {
  const du = u1 - u0;
  const dv = v1 - v0;
  const square = du * du + dv * dv;
  return {
    box: [
      Math.min(u0, u1) - radius,
      Math.min(v0, v1) - radius,
      Math.max(u0, u1) + radius,
      Math.max(v0, v1) + radius,
    ],
    distance(x, y) {
      const along = square === 0 ? 0 : ((x - u0) * du + (y - v0) * dv) / square;
      const t = Math.min(1, Math.max(0, along));
      return Math.hypot(x - u0 - t * du, y - v0 - t * dv) - radius;
    },
  };
}

/** A rectangle with rounded corners, by its centre and half sides. */
export function roundedBox(
  u: number,
  v: number,
  halfU: number,
  halfV: number,
  radius: number,
): Shape {
  return {
    box: [u - halfU, v - halfV, u + halfU, v + halfV],
    distance(x, y) {
      const a = Math.abs(x - u) - halfU + radius;
      const b = Math.abs(y - v) - halfV + radius;
      const outside = Math.hypot(Math.max(a, 0), Math.max(b, 0));
      return outside + Math.min(Math.max(a, b), 0) - radius;
    },
  };
}

/** The area between two curves over u ± half. The curves are functions of t = -1 (left) … 1 (right). */
export function between(
  u: number,
  half: number,
  top: (t: number) => number,
  bottom: (t: number) => number,
): Shape {
  let low = Infinity;
  let high = -Infinity;
  for (let t = -1; t <= 1; t += 0.125) {
    low = Math.min(low, top(t));
    high = Math.max(high, bottom(t));
  }
  return {
    box: [u - half, low, u + half, high],
    distance(x, y) {
      const t = (x - u) / half;
      const inside = t < -1 ? -1 : t > 1 ? 1 : t;
      return Math.max(top(inside) - y, y - bottom(inside), (Math.abs(t) - 1) * half);
    },
  };
}

/** The intersection of two shapes. */
export function both(a: Shape, b: Shape): Shape {
  return {
    box: [
      Math.max(a.box[0], b.box[0]),
      Math.max(a.box[1], b.box[1]),
      Math.min(a.box[2], b.box[2]),
      Math.min(a.box[3], b.box[3]),
    ],
    distance: (u, v) => Math.max(a.distance(u, v), b.distance(u, v)),
  };
}
