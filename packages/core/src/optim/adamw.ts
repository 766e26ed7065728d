/**
 * @file AdamW with decoupled weight decay.
 *
 * Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, arXiv:1711.05101.
 * Order of operations as in torch.optim.AdamW, so that steps agree to rounding.
 */
import { add, div, exp, mul, sqrt, sub } from "../ops/elementwise.ts";
import { inputOf } from "../program/program.ts";
import type { StateSlot } from "../program/program.ts";
import type { Tensor } from "../tensor.ts";
import { decaysMatrices, optimizerState, rateOf, scaled } from "./optimizer.ts";
import type { GradientStep, Optimizer } from "./optimizer.ts";

export interface AdamWOptions {
  /** β₁, β₂. Default 0.9, 0.999: torch.optim.AdamW. */
  readonly betas?: readonly [number, number];
  /** ε. Default 1e-8: torch.optim.AdamW. */
  readonly epsilon?: number;
  /** λ. Default 0.01: torch.optim.AdamW; the paper does not say. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default: weight matrices alone; torch.optim.AdamW decays all. */
  readonly decays?: (name: string, parameter: Tensor) => boolean;
}

/** All of it, in an order of its own. */
export function fusedState<Array>({
  parameter,
  m,
  v,
  average,
  point,
}: FusedState<Array>): readonly Array[] {
  return [parameter, m, v, average, point].filter((array) => array !== undefined);
}

/** A step of AdamW as numbers, for a fused kernel. It gives the same next values as the graph, to rounding. */
export interface FusedAdamW {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** [] an input of the program. */
  readonly learningRate: Tensor;
  /** [] an input of the program: 1 at the first step. */
  readonly step: Tensor;
  /** If present, gradients are first multiplied with min(1, clipNorm / (‖g‖ + 1e-6)), ‖g‖ their joint norm. */
  readonly clipNorm?: number;
  /** d of the moving averages, if there are any: see `withAverage`. */
  readonly averageDecay?: number;
  /** Present if a run is one of SAM's two passes: see `sharpnessAware`. */
  readonly sam?: {
    /** [] an input of the program: 0 for the ascent, which only moves the points, 1 for the descent. */
    readonly pass: Tensor;
    readonly rho: number;
    /** Added to the norm of the gradients. */
    readonly epsilon: number;
  };
  readonly parameters: readonly FusedParameter[];
}

/** What a step of AdamW changes for one parameter. */
export interface FusedState<Array> {
  readonly parameter: Array;
  readonly m: Array;
  readonly v: Array;
  /** Its moving average. */
  readonly average?: Array;
  /** Where its gradient is computed, if not at the parameter itself. */
  readonly point?: Array;
}

/** A parameter with its state and its gradient. */
export interface FusedParameter extends FusedState<Tensor> {
  readonly gradient: Tensor;
  /** Its decoupled weight decay λ: p ← p - ηλp. */
  readonly weightDecay: number;
  /** What η is multiplied with. */
  readonly rate: number;
}

/**
 * With gradient g, moments m and v, which start at zero, and λ = 0 for parameters that do not decay:
 *
 *     m ← β₁ m + (1 - β₁) g
 *     v ← β₂ v + (1 - β₂) g²
 *     p ← p - η λ p - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 */
export function adamw({
  betas: [beta1, beta2] = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0.01,
  decays = decaysMatrices,
}: AdamWOptions = {}): Optimizer {
  return {
    update(given) {
      const { learningRate, step } = given;
      const correction1 = sub(1, exp(mul(step, Math.log(beta1)))); // 1 - β₁ᵗ
      const correction2 = sub(1, exp(mul(step, Math.log(beta2)))); // 1 - β₂ᵗ
      const parameters = given.parameters.map((parameter, i) => ({
        parameter,
        gradient: given.gradients[i]!,
        m: optimizerState("adamw", "m", parameter),
        v: optimizerState("adamw", "v", parameter),
        weightDecay: decays(inputOf(parameter).name, parameter) ? weightDecay : 0,
        rate: given.rates?.[i] ?? 1,
      }));
      const slots = parameters.flatMap(
        ({ parameter: p, gradient, m, v, weightDecay: lambda }, i): readonly StateSlot[] => {
          const rate = rateOf(given, i);
          const stepSize = div(rate, correction1);
          const g = scaled(gradient, given);
          const nextM = add(mul(m, beta1), mul(g, 1 - beta1));
          const nextV = add(mul(v, beta2), mul(mul(g, g), 1 - beta2));
          const denominator = add(div(sqrt(nextV), sqrt(correction2)), epsilon);
          const decayed = lambda === 0 ? p : mul(p, sub(1, mul(rate, lambda)));
          return [
            { input: p, next: sub(decayed, mul(stepSize, div(nextM, denominator))) },
            { input: m, next: nextM, initial: 0 },
            { input: v, next: nextV, initial: 0 },
          ];
        },
      );
      const clipNorm = given.scale?.clipNorm;
      const fused = { beta1, beta2, epsilon, learningRate, step, clipNorm, parameters };
      return { slots, fused: isFusible(given) ? fused : undefined };
    },
  };
}

/** Whether a kernel that is fed numbers can take the step: it computes neither rates nor factors but clipping's. */
function isFusible({ scale, learningRate, step }: GradientStep): boolean {
  const isFed = (x: Tensor) => x.node.op === "input";
  return (
    isFed(learningRate) && isFed(step) && (scale === undefined || scale.clipNorm !== undefined)
  );
}
