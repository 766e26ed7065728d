/** @file The optimiser of a training configuration, with its options of fine-tuning. */
import { UserError } from "@mvt/common";
import {
  createOptimizer,
  layerDecay,
  minimize,
  sharpnessAware,
  withAverage,
  withRates,
} from "@mvt/core";
import type { Objective, Optimizer, OptimizerChoice, Program } from "@mvt/core";
import type { FineTuning } from "../settings/fine-tuning.ts";

/** What a training configuration says of its optimiser. */
export type OptimizerOptions = OptimizerChoice & Pick<FineTuning, "layerDecay" | "ema" | "sam">;

/**
 * The program whose runs are steps of the chosen optimiser; `compileStep` compiles it. `depth`: blocks of the network. Throws
 * UserError for SAM with loss scaling, which `requireFineTuning` refuses before anything is drawn.
 */
export function minimizeWith(
  { sam, ...options }: OptimizerOptions,
  program: Program,
  { depth, ...objective }: Omit<Objective, "optimizer"> & { readonly depth: number },
): Program {
  if (sam && objective.lossScaling) {
    throw new UserError("sam: expected precision float32, got float16. Leave out one of the two.");
  }
  const stepping = minimize(program, { ...objective, optimizer: optimizerOf(options, depth) });
  return sam === undefined ? stepping : sharpnessAware(stepping, sam);
}

function optimizerOf(
  { layerDecay: decay, ema, ...choice }: OptimizerOptions,
  depth: number,
): Optimizer {
  const chosen = createOptimizer(choice);
  const decayed = decay === undefined ? chosen : withRates(chosen, layerDecay(decay, depth));
  return ema === undefined ? decayed : withAverage(decayed, ema.decay);
}
