/** @file Which weights of a training state are evaluated: the parameters, or their moving averages. */
import { averagesOf, withStartingAverages } from "@mvt/core";
import type { Weights } from "@mvt/core";
import type { FineTuning } from "../settings/fine-tuning.ts";
import type { Classifier } from "./programs.ts";

type Averaging = Pick<FineTuning, "ema">;

/** The state that training begins with; moving averages begin at the starting weights. */
export function startingState({ ema }: Averaging, weights: Weights): Weights {
  return ema === undefined ? weights : withStartingAverages(weights);
}

/** Of a training state, the weights that are evaluated and exported: no moments, no mask generator. */
export function evaluatedWeights(
  { ema }: Averaging,
  { parameters }: Classifier,
  state: Weights,
): Weights {
  const from = ema === undefined ? state : averagesOf(state);
  return new Map(parameters.map(({ name }) => [name, from.get(name)!]));
}
