/**
 * @file What an optimiser is: a function from gradients to new values of parameters and of its own state, written
 * with ordinary operators, so that every backend runs every optimiser. Gradient clipping and loss scaling are
 * transformations: functions from an optimiser to an optimiser, as in optax.
 */
import { add, mul } from "../ops/elementwise.ts";
import { sum } from "../ops/reduction.ts";
import { input } from "../ops/sources.ts";
import { inputOf } from "../program/program.ts";
import type { StateSlot } from "../program/program.ts";
import type { Tensor } from "../tensor.ts";
import type { FusedAdamW } from "./adamw.ts";

/** What an optimiser computes a step from. */
export interface GradientStep {
  /** Inputs of the program. Their names name the optimiser's state as well. */
  readonly parameters: readonly Tensor[];
  /** dL/dp for each parameter p, in its shape. */
  readonly gradients: readonly Tensor[];
  /** A factor that an optimiser multiplies every gradient with before it uses it; 1 if absent. */
  readonly scale?: GradientScale;
  /** η [], of this step. */
  readonly learningRate: Tensor;
  /** What η is multiplied with for each parameter, weight decay included; 1 if absent. See `withRates`. */
  readonly rates?: readonly number[];
  /** t [], 1 at the first step. */
  readonly step: Tensor;
}

/** A factor on all gradients. Transformations pass it on, so that no gradient is multiplied twice. */
export interface GradientScale {
  /** [] */
  readonly factor: Tensor;
  /** Present if the factor is min(1, clipNorm / (‖g‖ + 1e-6)) and nothing else. */
  readonly clipNorm?: number;
}

export interface OptimizerUpdate {
  /** The parameters and the optimiser's state, each with its next value. */
  readonly slots: readonly StateSlot[];
  /** Present if the slots are AdamW's step exactly. A transformation that changes `slots` leaves it out. */
  readonly fused?: FusedAdamW;
}

export interface Optimizer {
  /** Gradients of one step to the next parameters and state, as graphs. */
  readonly update: (step: GradientStep) => OptimizerUpdate;
}

/** The name of a tensor that an optimiser keeps for a parameter: "adamw.m/head.weight". Checkpoints hold it. */
export function optimizerStateName(optimizer: string, slot: string, parameter: string): string {
  return `${optimizer}.${slot}/${parameter}`;
}

/** A tensor that an optimiser keeps for a parameter, in its shape; zeros at the first step. */
export function optimizerState(optimizer: string, slot: string, parameter: Tensor): Tensor {
  const { name, shape } = inputOf(parameter);
  return input(optimizerStateName(optimizer, slot, name), shape);
}

/** The gradient that an optimiser uses: with the step's factor, if there is one. */
export function scaled(gradient: Tensor, { scale }: Pick<GradientStep, "scale">): Tensor {
  return scale === undefined ? gradient : mul(gradient, scale.factor);
}

/** η of one parameter. */
export function rateOf(
  { learningRate, rates }: Pick<GradientStep, "learningRate" | "rates">,
  index: number,
): Tensor {
  const rate = rates?.[index] ?? 1;
  return rate === 1 ? learningRate : mul(learningRate, rate);
}

/** Σ g² over all elements of all gradients: the square of their joint norm. [] */
export function sumOfSquares(gradients: readonly Tensor[]): Tensor {
  return gradients.map((g) => sum(mul(g, g))).reduce((total, square) => add(total, square));
}

/** By default weight matrices decay; biases, normalisation weights and embeddings with a leading 1 do not. */
export function decaysMatrices(_name: string, { shape }: Tensor): boolean {
  return shape.filter((n) => n > 1).length > 1 && shape[0] !== 1;
}
