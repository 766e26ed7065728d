/** @file From which class to which class labels were changed, and how many of the changes were right. */

/** Labels of one image each, as class indices. */
export interface ChangedLabels {
  /** By name, in the order of the class indices. */
  readonly classes: readonly string[];
  /** [n] */
  readonly given: ArrayLike<number>;
  /** [n] */
  readonly current: ArrayLike<number>;
  /** [n] undefined where it is not known; absent if it is known of no image. */
  readonly truth?: ArrayLike<number | undefined>;
}

/** The changes from one class to another. */
export interface FlowCell {
  /** Images whose label was changed so. */
  readonly count: number;
  /** Of these, the images whose true label is known. */
  readonly known: number;
  /** Of these in turn, the images whose new label is the true one. */
  readonly right: number;
}

/** [K, K] rows are given labels, columns current ones. The diagonal is empty: an unchanged label is no change. */
export type LabelFlow = readonly (readonly FlowCell[])[];

/** Throws a RangeError if the lengths differ or a label is no class. */
export function labelFlow({ classes, given, current, truth }: ChangedLabels): LabelFlow {
  const [n, K] = [given.length, classes.length];
  if (current.length !== n || (truth && truth.length !== n)) {
    throw new RangeError(
      `labelFlow: expected as many current and true labels as given ones (${n}), got ${current.length} and ${truth?.length ?? "none"}`,
    );
  }
  const flow = Array.from({ length: K }, () =>
    Array.from({ length: K }, () => ({ count: 0, known: 0, right: 0 })),
  );
  for (let i = 0; i < n; i += 1) {
    const cell = flow[given[i]!]?.[current[i]!];
    if (cell === undefined) {
      throw new RangeError(
        `labelFlow: expected class indices from 0 to ${K - 1}, got ${given[i]} and ${current[i]} for image ${i}`,
      );
    }
    if (given[i] === current[i]) continue;
    cell.count += 1;
    if (truth?.[i] === undefined) continue;
    cell.known += 1;
    cell.right += Number(truth[i] === current[i]);
  }
  return flow;
}
