/** @file In which order an epoch goes through the rows of a split. */
import { random } from "@mvt/core";

/** The rows 0 .. n - 1 as they are stored: for evaluation. */
export function sequentialOrder(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, row) => row);
}

/** The rows 0 .. n - 1 in random order, the same for the same seed and epoch: for training. */
export function shuffledOrder(n: number, seed: number, epoch: number): Int32Array {
  return random.stream(seed, `order/${epoch}`).permutation(n);
}
