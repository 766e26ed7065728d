/**
 * @file Sharpness-aware minimisation: a step along the gradient at the point near the parameters where the loss is highest
 * to first order, so that training prefers flat minima.
 *
 * Foret, Kleiner, Mobahi and Neyshabur, "Sharpness-Aware Minimization for Efficiently Improving Generalization", ICLR
 * 2021, arXiv:2010.01412, algorithm 1. Adaptive: Kwon, Kim, Park and Choi, "ASAM", ICML 2021, arXiv:2102.11600.
 *
 * The program runs twice for a batch. Both passes compute the gradient g at points w, which are state beside the
 * parameters p:
 *
 *     ascent     w ← p + ρ g / ‖g‖               adaptive: w ← p + ρ p² g / ‖p g‖
 *     descent    p ← the optimiser's step from p with g; w ← p
 *
 * The gradient of a pass is that of the whole batch, also in micro-batches.
 */
import { add, div, greater, mul, sqrt, where } from "../ops/elementwise.ts";
import { input } from "../ops/sources.ts";
import { inputOf } from "../program/program.ts";
import type { Backend, Executable, Feeds, Program, StateSlot } from "../program/program.ts";
import { substitute } from "../program/substitute.ts";
import type { Tensor } from "../tensor.ts";
import type { FusedAdamW } from "./adamw.ts";
import { sumOfSquares } from "./optimizer.ts";

export interface SamOptions {
  /** ρ: how far the point is from the parameters. The paper has 0.05 for ImageNet, ASAM's about ten times as much. */
  readonly rho: number;
  /** Scale the distance of every element by the size of its parameter, as ASAM does, without its η. Default false. */
  readonly adaptive?: boolean;
}

/** The input that tells the passes apart: 0 for the ascent, 1 for the descent. */
const pass = input("sam.pass", []);
const prefix = "sam.at/";
/** Added to the norm, as in the code that most others use (github.com/davda54/sam). */
const epsilon = 1e-12;

/** A program that `minimize` made, as one that runs twice for every batch. `compileStep` compiles it. */
export function sharpnessAware(program: Program, { rho, adaptive = false }: SamOptions): Program {
  const { outputs, update, state } = program;
  if (update === undefined) {
    throw new TypeError("sharpnessAware: expected a program with an optimiser, got one without");
  }
  const { parameters } = update;
  const points = parameters.map((p) => input(`${prefix}${inputOf(p).name}`, p.shape));
  const [names, tensors] = [Object.keys(outputs), Object.values(outputs)];
  const moved = substitute(
    [...tensors, ...update.gradients],
    new Map(parameters.map((p, i) => [p, points[i]!])),
  );
  const gradients = moved.slice(tensors.length);

  const descends = greater(pass, 0.5);
  const changing = state.filter(({ next }) => next !== undefined);
  const nexts = substitute(
    changing.map(({ next }) => next!),
    new Map(update.gradients.map((gradient, i) => [gradient, gradients[i]!])),
  );
  const nextOf = new Map(changing.map(({ input: x }, i) => [x, nexts[i]!]));
  const factors = gradients.map((g, i) => (adaptive ? mul(g, parameters[i]!) : g));
  const distance = div(rho, add(sqrt(sumOfSquares(factors)), epsilon));
  const fused = (): FusedAdamW | undefined =>
    update.fused && {
      ...update.fused,
      sam: { pass, rho, epsilon },
      parameters: update.fused.parameters.map((p, i) => ({
        ...p,
        gradient: gradients[i]!,
        point: points[i]!,
      })),
    };
  const highest = (p: Tensor, i: number) => {
    const direction = adaptive ? mul(factors[i]!, p) : gradients[i]!;
    return add(p, mul(direction, distance));
  };
  return {
    ...program,
    inputs: [...program.inputs, pass],
    outputs: Object.fromEntries(names.map((name, i) => [name, moved[i]!])),
    state: [
      ...state.map((slot): StateSlot => {
        const next = nextOf.get(slot.input);
        return next === undefined ? slot : { ...slot, next: where(descends, next, slot.input) };
      }),
      ...parameters.map((p, i): StateSlot => {
        return { input: points[i]!, next: where(descends, nextOf.get(p)!, highest(p, i)) };
      }),
    ],
    // No kernel computes the adaptive form.
    update: { parameters: points, gradients, fused: adaptive ? undefined : fused() },
  };
}

/**
 * Compiles a training program. If it is sharpness-aware, a run of the result is both passes: it returns what the first
 * computed, at the parameters themselves. Its state is that of the program without the points, which lie at the
 * parameters between runs.
 */
export async function compileStep(backend: Backend, program: Program): Promise<Executable> {
  const executable = await backend.compile(program);
  if (!program.inputs.includes(pass)) return executable;
  const points = program.state.flatMap(({ input: x }) => {
    const { name } = inputOf(x);
    return name.startsWith(prefix) ? [name] : [];
  });
  const { multiStep } = executable;
  const passes = (feeds: Feeds): readonly [Feeds, Feeds] => [
    { ...feeds, [inputOf(pass).name]: Float32Array.of(0) },
    { ...feeds, [inputOf(pass).name]: Float32Array.of(1) },
  ];
  return {
    async run(feeds) {
      const [ascent, descent] = passes(feeds);
      const results = await executable.run(ascent);
      await executable.run(descent);
      return results;
    },
    multiStep: multiStep && {
      steps: multiStep.steps,
      async run(all) {
        const results = await multiStep.run(all.flatMap((feeds) => passes(feeds)));
        return results.filter((_, i) => i % 2 === 0);
      },
    },
    async readState() {
      const state = await executable.readState();
      return new Map([...state].filter(([name]) => !name.startsWith(prefix)));
    },
    async writeState(weights) {
      const at = points.flatMap((name) => {
        const array = weights.get(name.slice(prefix.length));
        return array === undefined ? [] : [[name, array] as const];
      });
      await executable.writeState(new Map([...weights, ...at]));
    },
    dispose: () => executable.dispose(),
  };
}
