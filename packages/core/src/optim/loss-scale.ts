/**
 * @file Dynamic loss scaling, a transformation of optimisers: the loss is multiplied with a factor, found while
 * training, so that gradients in float16 do not vanish.
 *
 * Micikevicius et al., "Mixed Precision Training", ICLR 2018, arXiv:1710.03740, section 3.2. Rules and defaults
 * are those of torch.amp.GradScaler, except for the check: here the sum of all squares must be finite, which also
 * refuses gradients beyond 10¹⁹.
 */
import { add, div, greater, mul, sub, where } from "../ops/elementwise.ts";
import { input } from "../ops/sources.ts";
import type { StateSlot } from "../program/program.ts";
import type { Tensor } from "../tensor.ts";
import { sumOfSquares } from "./optimizer.ts";
import type { Optimizer } from "./optimizer.ts";

export interface LossScaling {
  /** The factor of the first step. Default 2¹⁶. */
  readonly initialScale?: number;
  /** What the factor is multiplied with after `growthInterval` steps. Default 2. */
  readonly growthFactor?: number;
  /** What the factor is multiplied with after a step whose gradients were not all finite. Default 0.5. */
  readonly backoffFactor?: number;
  /** How many steps in a row have finite gradients before the factor grows. Default 2000. */
  readonly growthInterval?: number;
}

/** The factor of a program, an input that the program keeps as state, and the rules that change it. */
export interface LossScale extends Required<LossScaling> {
  /** [] */
  readonly scale: Tensor;
}

/** The factor as an input, which a training program keeps as state under the name `lossScale`. */
export function createLossScale({
  initialScale = 2 ** 16,
  growthFactor = 2,
  backoffFactor = 0.5,
  growthInterval = 2000,
}: LossScaling): LossScale {
  const scale = input("lossScale", []);
  return { scale, initialScale, growthFactor, backoffFactor, growthInterval };
}

/**
 * The optimiser on gradients of `lossScale.scale` times the loss. It divides them by the scale. If they are not all
 * finite, the step is refused: parameters and optimiser state stay bit for bit as they were, the scale shrinks,
 * and the step is not counted.
 */
export function withLossScale(optimizer: Optimizer, lossScale: LossScale): Optimizer {
  return {
    update({ scale, ...given }) {
      const unscale = div(1, lossScale.scale);
      const { finite, refusedBefore, slots } = judgeStep(lossScale, sumOfSquares(given.gradients));
      const update = optimizer.update({
        ...given,
        scale: { factor: scale === undefined ? unscale : mul(scale.factor, unscale) },
        step: sub(given.step, refusedBefore),
      });
      const unlessRefused = ({ input: x, next, initial }: StateSlot): StateSlot => ({
        input: x,
        next: next && where(finite, next, x),
        initial,
      });
      return { slots: [...update.slots.map(unlessRefused), ...slots] };
    },
  };
}

/** What the gradients of a step say about it. */
interface JudgedStep {
  /** [] bool: the step may be taken. */
  readonly finite: Tensor;
  /** [] the number of earlier steps that were refused. */
  readonly refusedBefore: Tensor;
  /** The factor and its counters: all state that loss scaling has. */
  readonly slots: readonly StateSlot[];
}

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * Whether a step may be taken, and the factor of the next one.
 *
 * @param squares [] the sum of the squares of all scaled gradients
 */
function judgeStep(
  { scale, initialScale, growthFactor, backoffFactor, growthInterval }: LossScale,
  squares: Tensor,
): JudgedStep {
  const taken = input("lossScale.taken", []); // steps in a row since the factor last changed
  const refused = input("lossScale.refused", []); // steps in all
  const finite = greater(largestFloat32, squares); // false for NaN
  const takenNow = add(taken, 1);
  const grows = greater(takenNow, growthInterval - 0.5);
  const grown = where(grows, mul(scale, growthFactor), scale);
  return {
    finite,
    refusedBefore: refused,
    slots: [
      {
        input: scale,
        next: where(finite, grown, mul(scale, backoffFactor)),
        initial: initialScale,
      },
      { input: taken, next: where(finite, where(grows, 0, takenNow), 0), initial: 0 },
      { input: refused, next: where(finite, refused, add(refused, 1)), initial: 0 },
    ],
  };
}
