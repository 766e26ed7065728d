/**
 * @file Stochastic gradient descent with momentum, as torch.optim.SGD defines it with a dampening of 0.
 *
 * Momentum: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. Nesterov's form:
 * Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning",
 * ICML 2013. Facial expression recognition trains with momentum 0.9 and weight decay 1e-4 in the published code
 * of RAN (Wang et al., IEEE TIP 2020, arXiv:1905.04075), EfficientFace (Zhao, Liu and Zhou, AAAI 2021) and, as
 * one of two choices, SCN (Wang et al., CVPR 2020, arXiv:2002.10392).
 */
import { add, mul, sub } from "../ops/elementwise.ts";
import { inputOf } from "../program/program.ts";
import type { StateSlot } from "../program/program.ts";
import type { Tensor } from "../tensor.ts";
import { decaysMatrices, optimizerState, rateOf, scaled } from "./optimizer.ts";
import type { Optimizer } from "./optimizer.ts";

export interface SgdOptions {
  /** μ. Default 0.9; torch.optim.SGD's own is 0. Without momentum no state is kept. */
  readonly momentum?: number;
  /** Step along g + μ b in place of b. Default false: torch.optim.SGD. */
  readonly nesterov?: boolean;
  /** λ of the penalty λ p²/2, whose gradient λ p is added to g. Default 0: torch.optim.SGD. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default: weight matrices alone, as for `adamw`; torch.optim.SGD decays all. */
  readonly decays?: (name: string, parameter: Tensor) => boolean;
}

/**
 * With gradient g and a momentum buffer b, which starts at zero:
 *
 *     g ← g + λ p
 *     b ← μ b + g
 *     p ← p - η b              p ← p - η (g + μ b)   of Nesterov's form
 */
export function sgd({
  momentum = 0.9,
  nesterov = false,
  weightDecay = 0,
  decays = decaysMatrices,
}: SgdOptions = {}): Optimizer {
  if (nesterov && momentum === 0) {
    throw new RangeError("sgd: expected a momentum above 0 for Nesterov's form, got 0");
  }
  return {
    update(given) {
      const slots = given.parameters.flatMap((p, i): readonly StateSlot[] => {
        const lambda = decays(inputOf(p).name, p) ? weightDecay : 0;
        const gradient = scaled(given.gradients[i]!, given);
        const g = lambda === 0 ? gradient : add(gradient, mul(p, lambda));
        const moved = (direction: Tensor) => sub(p, mul(direction, rateOf(given, i)));
        if (momentum === 0) return [{ input: p, next: moved(g) }];
        const b = optimizerState("sgd", "momentum", p);
        const nextB = add(mul(b, momentum), g);
        return [
          { input: p, next: moved(nesterov ? add(g, mul(nextB, momentum)) : nextB) },
          { input: b, next: nextB, initial: 0 },
        ];
      });
      return { slots };
    },
  };
}
