/**
 * @file AdamW with decoupled weight decay.
 *
 * Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, arXiv:1711.05101.
 * Order of operations as in torch.optim.AdamW, so that steps agree to rounding.
 */
import { gradients } from "../autodiff/gradients.ts";
import { add, div, exp, minimum, mul, sqrt, sub, where } from "../ops/elementwise.ts";
import { sum } from "../ops/reduction.ts";
import { input } from "../ops/sources.ts";
import { inputOf, momentName } from "../program/program.ts";
import type { AdamWUpdate, Program, StateSlot } from "../program/program.ts";
import type { Tensor } from "../tensor.ts";
import { createLossScale, judgeStep } from "./loss-scale.ts";
import type { LossScaling } from "./loss-scale.ts";

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
  /** Scale the loss, so that gradients in float16 do not vanish; off if absent. */
  readonly lossScaling?: LossScaling;
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
    lossScaling,
    recomputeBetween,
  }: AdamWOptions = {},
): AdamWUpdate {
  const lossScale = lossScaling && createLossScale(lossScaling);
  const scaled = lossScale === undefined ? loss : mul(loss, lossScale.scale);
  const dLoss = gradients(scaled, parameters, recomputeBetween);
  return {
    beta1,
    beta2,
    epsilon,
    learningRate: input("learningRate", []),
    step: input("step", []),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(lossScale === undefined ? {} : { lossScale }),
    parameters: parameters.map((parameter, i) => ({
      parameter,
      gradient: dLoss[i]!,
      weightDecay: decays(inputOf(parameter).name, parameter) ? weightDecay : 0,
    })),
  };
}

/** What gradients are multiplied with: it undoes the loss scale and clips; undefined where there is neither. */
function gradientScale({ clipNorm, lossScale }: AdamWUpdate, squares: Tensor): Tensor | undefined {
  const unscale = lossScale && div(1, lossScale.scale);
  if (clipNorm === undefined) return unscale;
  // min(1, c / ‖g‖) over all gradients together, with the 1e-6 of torch.nn.utils.clip_grad_norm_.
  const scaledNorm = sqrt(squares);
  const norm = unscale ? mul(scaledNorm, unscale) : scaledNorm;
  const clip = minimum(div(clipNorm, add(norm, 1e-6)), 1);
  return unscale ? mul(clip, unscale) : clip;
}

/**
 * The same program with its optimiser as part of the graph: parameters and moments become state
 * with a next value. For engines whose state lives on a device.
 *
 * A step that the loss scale refuses has gradients of 0, a learning rate of 0, and moments that do not decay:
 * parameters and moments come out of it bit for bit as they were, and later steps do not count it.
 */
export function withUpdateInGraph({ update, ...program }: Program): Program {
  if (update === undefined) return program;
  const { beta1, beta2, epsilon, lossScale } = update;
  const squares = update.parameters
    .map(({ gradient: g }) => sum(mul(g, g)))
    .reduce((total, square) => add(total, square));
  const judged = lossScale && judgeStep(lossScale, squares);
  const unlessRefused = (value: Tensor, otherwise: number) =>
    judged ? where(judged.finite, value, otherwise) : value;
  const scale = gradientScale(update, unlessRefused(squares, 0));
  const learningRate = unlessRefused(update.learningRate, 0);
  const decay1 = judged ? where(judged.finite, beta1, 1) : beta1;
  const decay2 = judged ? where(judged.finite, beta2, 1) : beta2;
  const step = judged ? sub(update.step, judged.refusedBefore) : update.step;
  const correction1 = sub(1, exp(mul(step, Math.log(beta1)))); // 1 - β₁ᵗ
  const correction2 = sub(1, exp(mul(step, Math.log(beta2)))); // 1 - β₂ᵗ
  const stepSize = div(learningRate, correction1);
  const slots = update.parameters.flatMap(
    ({ parameter: p, gradient, weightDecay }): StateSlot[] => {
      const { name, shape } = inputOf(p);
      const m = input(momentName("m", name), shape);
      const v = input(momentName("v", name), shape);
      const finite = unlessRefused(gradient, 0);
      const g = scale === undefined ? finite : mul(finite, scale);
      const nextM = add(mul(m, decay1), mul(g, 1 - beta1));
      const nextV = add(mul(v, decay2), mul(mul(g, g), 1 - beta2));
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
    inputs: [...program.inputs, update.learningRate, update.step],
    state: [...program.state, ...slots, ...(judged?.slots ?? [])],
  };
}
