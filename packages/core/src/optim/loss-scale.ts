/**
 * @file A factor on the loss, found while training, that keeps gradients in float16 from vanishing.
 *
 * Micikevicius et al., "Mixed Precision Training", ICLR 2018, arXiv:1710.03740, section 3.2. Rules and defaults
 * are those of torch.amp.GradScaler, but for the check: the sum of all squares is finite, which also tells of
 * gradients beyond 10¹⁹.
 */
import { add, greater, mul, where } from "../ops/elementwise.ts";
import { input } from "../ops/sources.ts";
import type { StateSlot } from "../program/program.ts";
import type { Tensor } from "../tensor.ts";

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

/** The factor of a program, an input that is state, with its rules. */
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

/** What the gradients of a step say about it. */
export interface JudgedStep {
  /** [] bool: the step may be taken. */
  readonly finite: Tensor;
  /** [] how many steps before this one were not. */
  readonly refusedBefore: Tensor;
  /** The factor with what it goes by: all state that loss scaling has. */
  readonly slots: readonly StateSlot[];
}

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * Whether a step may be taken, and the factor of the next one.
 *
 * @param squares [] the sum of the squares of all scaled gradients
 */
export function judgeStep(
  { scale, initialScale, growthFactor, backoffFactor, growthInterval }: LossScale,
  squares: Tensor,
): JudgedStep {
  const taken = input("lossScale.taken", []); // in a row, since the factor last changed
  const refused = input("lossScale.refused", []); // in all
  const finite = greater(largestFloat32, squares); // not so where there is no number
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
