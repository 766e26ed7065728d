/** @file The orders in which an epoch goes through the rows of a split. */
import { random } from "@mvt/core";

/** The rows 0 .. n - 1 as they are stored: for evaluation. */
export function sequentialOrder(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, row) => row);
}

/** The rows 0 .. n - 1 in random order, the same for the same seed and epoch: for training. */
export function shuffledOrder(n: number, seed: number, epoch: number): Int32Array {
  return random.stream(seed, `order/${epoch}`).permutation(n);
}

/**
 * n draws with replacement from n rows. Every class that occurs is equally likely, and so is every row of a
 * class. AffectNet's imbalanced training set is usually sampled like this. The same for the same seed and epoch.
 *
 * @param labels [n] the class of each row
 *
 * ufoym/imbalanced-dataset-sampler: torch.multinomial of weights 1 / (rows of the class), n draws.
 */
export function balancedOrder(labels: ArrayLike<number>, seed: number, epoch: number): Int32Array {
  const members = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row += 1) {
    const rows = members.get(labels[row]!);
    if (rows) rows.push(row);
    else members.set(labels[row]!, [row]);
  }
  const classes = [...members.keys()].toSorted((a, b) => a - b).map((label) => members.get(label)!);
  const stream = random.stream(seed, `balanced order/${epoch}`);
  return Int32Array.from({ length: labels.length }, () => {
    const rows = classes[stream.integer(classes.length)]!;
    return rows[stream.integer(rows.length)]!;
  });
}
