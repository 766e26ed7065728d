/** @file The gradients of sums. */
import type { VjpRules } from "../autodiff/rule.ts";
import { broadcastTo, reshape } from "./shape.ts";

export const reductionRules = {
  sum: (dy, [x], { params: { axes } }) => {
    const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
    return [broadcastTo(reshape(dy, kept), x.shape)];
  },
} satisfies Partial<VjpRules>;
