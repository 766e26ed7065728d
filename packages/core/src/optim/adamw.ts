/**
 * @file AdamW with decoupled weight decay.
 *
 * Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, arXiv:1711.05101.
 * Order of operations as in torch.optim.AdamW, so that steps agree to rounding.
 */
import { gradients } from "../autodiff/gradients.ts";
import { add, div, exp, minimum, mul, sqrt, sub } from "../ops/elementwise.ts";
import { sum } from "../ops/reduction.ts";
import { input } from "../ops/sources.ts";
import { inputOf, momentName } from "../program/program.ts";
import type { AdamWUpdate, Program, StateSlot } from "../program/program.ts";
import type { Tensor } from "../tensor.ts";

export interface AdamWOptions {
  /** Default 0.9, 0.999: torch.optim.AdamW. */
  readonly betas?: readonly [number, number];
  /** Default 1e-8: torch.optim.AdamW. */
  readonly epsilon?: number;
  /** Default 0.01: torch.optim.AdamW; the paper does not say. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default: those with two axes or more, so no biases, norms or scalars. */
  readonly decays?: (name: string, parameter: Tensor) => boolean;
  /** Scale all gradients so that their joint norm is at most this; off if absent. */
  readonly clipNorm?: number;
  /** Checkpoints between which activations are computed again rather than kept; see `gradients`. */
  readonly recomputeBetween?: readonly Tensor[];
}

/** Weight matrices decay; biases, normalisation weights and embeddings with a leading 1 do not. */
export function decaysMatrices(_name: string, { shape }: Tensor): boolean {
  return shape.filter((n) => n > 1).length > 1 && shape[0] !== 1;
}

/** AdamW on `parameters` for a loss: the update of a training program. Feeds: learningRate, step. */
export function adamw(
  loss: Tensor,
  parameters: readonly Tensor[],
  {
    betas: [beta1, beta2] = [0.9, 0.999],
    epsilon = 1e-8,
    weightDecay = 0.01,
    decays = decaysMatrices,
    clipNorm,
    recomputeBetween,
  }: AdamWOptions = {},
): AdamWUpdate {
  const dLoss = gradients(loss, parameters, recomputeBetween);
  return {
    beta1,
    beta2,
    epsilon,
    learningRate: input("learningRate", []),
    step: input("step", []),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    parameters: parameters.map((parameter, i) => ({
      parameter,
      gradient: dLoss[i]!,
      weightDecay: decays(inputOf(parameter).name, parameter) ? weightDecay : 0,
    })),
  };
}

/** min(1, c / ‖g‖) over all gradients together, with the 1e-6 of torch.nn.utils.clip_grad_norm_. */
function clipScale(dLoss: readonly Tensor[], clipNorm: number): Tensor {
  const squares = dLoss.map((g) => sum(mul(g, g)));
  const norm = sqrt(squares.reduce((total, square) => add(total, square)));
  return minimum(div(clipNorm, add(norm, 1e-6)), 1);
}

/**
 * The same program with its optimiser as part of the graph: parameters and moments become state
 * with a next value. For engines whose state lives on a device.
 */
export function withUpdateInGraph({ update, ...program }: Program): Program {
  if (update === undefined) return program;
  const { beta1, beta2, epsilon, learningRate, step, clipNorm } = update;
  const gradientScale =
    clipNorm === undefined
      ? undefined
      : clipScale(
          update.parameters.map(({ gradient }) => gradient),
          clipNorm,
        );
  const correction1 = sub(1, exp(mul(step, Math.log(beta1)))); // 1 - β₁ᵗ
  const correction2 = sub(1, exp(mul(step, Math.log(beta2)))); // 1 - β₂ᵗ
  const stepSize = div(learningRate, correction1);
  const slots = update.parameters.flatMap(
    ({ parameter: p, gradient, weightDecay }): StateSlot[] => {
      const { name, shape } = inputOf(p);
      const m = input(momentName("m", name), shape);
      const v = input(momentName("v", name), shape);
      const g = gradientScale === undefined ? gradient : mul(gradient, gradientScale);
      const nextM = add(mul(m, beta1), mul(g, 1 - beta1));
      const nextV = add(mul(v, beta2), mul(mul(g, g), 1 - beta2));
      const denominator = add(div(sqrt(nextV), sqrt(correction2)), epsilon);
      const decayed = weightDecay === 0 ? p : mul(p, sub(1, mul(learningRate, weightDecay)));
      const nextP = sub(decayed, mul(stepSize, div(nextM, denominator)));
      return [
        { input: p, next: nextP },
        { input: m, next: nextM },
        { input: v, next: nextV },
      ];
    },
  );
  return {
    ...program,
    inputs: [...program.inputs, learningRate, step],
    state: [...program.state, ...slots],
  };
}
