/**
 * @file An exponential moving average of the weights, a transformation of optimisers. Networks are evaluated with it.
 *
 * Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; as timm's `ModelEmaV3` computes it
 * without a warm-up.
 */
import { add, mul } from "../ops/elementwise.ts";
import { input } from "../ops/sources.ts";
import { inputOf } from "../program/program.ts";
import type { StateSlot } from "../program/program.ts";
import type { Weights } from "../weights/weights.ts";
import type { Optimizer } from "./optimizer.ts";

const prefix = "ema/";

/**
 * The optimiser that also keeps, for every parameter p, an average e as state "ema/NAME", which follows p after its step:
 *
 *     e ← d e + (1 - d) p
 *
 * @param decay d, between 0 and 1
 */
export function withAverage(optimizer: Optimizer, decay: number): Optimizer {
  return {
    update(given) {
      const { slots, fused } = optimizer.update(given);
      const nextOf = new Map(slots.map(({ input: x, next }) => [x, next]));
      const averages = given.parameters.map((p): StateSlot & Required<Pick<StateSlot, "next">> => {
        const { name, shape } = inputOf(p);
        const e = input(`${prefix}${name}`, shape);
        return { input: e, next: add(mul(e, decay), mul(nextOf.get(p)!, 1 - decay)) };
      });
      return {
        slots: [...slots, ...averages],
        fused: fused && {
          ...fused,
          averageDecay: decay,
          parameters: fused.parameters.map((p, i) => ({ ...p, average: averages[i]!.input })),
        },
      };
    },
  };
}

/** Starting weights of a program with averages: each begins as its parameter. */
export function withStartingAverages(weights: Weights): Weights {
  return new Map([
    ...weights,
    ...[...weights].map(([name, array]) => [`${prefix}${name}`, array] as const),
  ]);
}

/** The averages of a state, under the names of the parameters. */
export function averagesOf(state: Weights): Weights {
  return new Map(
    [...state].flatMap(([name, array]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), array] as const] : [],
    ),
  );
}
