/** @file The shape two shapes broadcast to, as NumPy has it. */
import { formatShape, ShapeError } from "../tensor.ts";
import type { Shape } from "../tensor.ts";

/** The shape two shapes broadcast to. Throws ShapeError, naming `op` and both, if they do not. */
export function broadcastShapes(op: string, x: Shape, y: Shape): Shape {
  const rank = Math.max(x.length, y.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = x[i - rank + x.length] ?? 1;
    const n = y[i - rank + y.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `${op}: expected shapes that broadcast, got ${formatShape(x)} and ${formatShape(y)}`,
      );
    }
    return m === 1 ? n : m;
  });
}
