/** @file From a program with a loss to a program that takes a step of an optimiser on it. */
import { gradients as gradientsOf } from "../autodiff/gradients.ts";
import { mul } from "../ops/elementwise.ts";
import { input } from "../ops/sources.ts";
import type { Program } from "../program/program.ts";
import type { Tensor } from "../tensor.ts";
import { createLossScale, withLossScale } from "./loss-scale.ts";
import type { LossScaling } from "./loss-scale.ts";
import type { Optimizer } from "./optimizer.ts";

export interface Objective {
  /** [] float32 */
  readonly loss: Tensor;
  /** What the optimiser changes: inputs of the program, which become state of it. */
  readonly parameters: readonly Tensor[];
  readonly optimizer: Optimizer;
  /** Scale the loss, so that gradients in float16 do not vanish; off if absent. */
  readonly lossScaling?: LossScaling;
  /** Checkpoints between which activations are computed again rather than kept; see `gradients`. */
  readonly recomputeBetween?: readonly Tensor[];
}

/**
 * The program whose every run is a step that lowers `loss`. It has two more inputs, `learningRate` [] and `step` []
 * (1 at the first step). Parameters and the optimiser's state become state of the program.
 */
export function minimize(
  program: Program,
  { loss, parameters, optimizer, lossScaling, recomputeBetween }: Objective,
): Program {
  const lossScale = lossScaling && createLossScale(lossScaling);
  const gradients = gradientsOf(
    lossScale ? mul(loss, lossScale.scale) : loss,
    parameters,
    recomputeBetween,
  );
  const [learningRate, step] = [input("learningRate", []), input("step", [])];
  const { slots, fused } = (lossScale ? withLossScale(optimizer, lossScale) : optimizer).update({
    parameters,
    gradients,
    learningRate,
    step,
  });
  return {
    ...program,
    inputs: [...program.inputs, learningRate, step],
    state: [...program.state, ...slots],
    update: { parameters, gradients, fused },
  };
}
