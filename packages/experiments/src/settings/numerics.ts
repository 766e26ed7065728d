/** @file The number of training's numerics, a part of every run's id. */

/**
 * Raise it when training gives other results for the same configuration and data: another order of random draws, another
 * formula, another rounding that is not the engine's. Runs of other numbers are then not taken for finished.
 *
 * A test compares a few training steps with `test/golden/training-steps-<number>.json` and fails when they change but the
 * number does not. A file of an older number is never changed; `node packages/experiments/test/golden/write-training-steps.ts`
 * writes the one of a new number.
 */
export const numerics = 1;
