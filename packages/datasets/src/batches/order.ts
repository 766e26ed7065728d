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

/**
 * n draws from n rows, every class as likely as any other and every row of a class as any other, with
 * replacement: the imbalanced training sets of AffectNet, as the field samples them. `labels` are [n]
 * classes; one that no row has is never drawn. The same for the same seed and epoch.
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
