/** @file Gradient clipping, a transformation of optimisers. */
import { add, div, minimum, mul, sqrt } from "../ops/elementwise.ts";
import { sumOfSquares } from "./optimizer.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * The optimiser on gradients whose joint norm ‖g‖ is at most `clipNorm`: all of them are multiplied with
 * min(1, clipNorm / (‖g‖ + 1e-6)), as torch.nn.utils.clip_grad_norm_ does.
 */
export function clipByGlobalNorm(optimizer: Optimizer, clipNorm: number): Optimizer {
  return {
    update({ scale, ...given }) {
      const norm = sqrt(sumOfSquares(given.gradients));
      const factorFor = (n: typeof norm) => minimum(div(clipNorm, add(n, 1e-6)), 1);
      if (scale === undefined) {
        return optimizer.update({ ...given, scale: { factor: factorFor(norm), clipNorm } });
      }
      const factor = mul(factorFor(mul(norm, scale.factor)), scale.factor);
      return optimizer.update({ ...given, scale: { factor } });
    },
  };
}
