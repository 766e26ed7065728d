/** @file A classifier's predictions with the true labels, image by image, and their confusion matrix. */

export interface LabelledPredictions {
  /** By name, in the order of the class indices. */
  readonly classes: readonly string[];
  /** [n] class indices, as in the data set's files. */
  readonly labels: Int32Array;
  /** [n] class indices. */
  readonly predicted: Int32Array;
}

/**
 * Throws a RangeError, in the name of `caller`, if there is no image, the lengths differ, or an index is not
 * that of a class.
 */
export function checkPredictions(
  caller: string,
  { classes, labels, predicted }: LabelledPredictions,
): void {
  if (labels.length === 0) throw new RangeError(`${caller}: expected at least one image, got none`);
  if (labels.length !== predicted.length) {
    throw new RangeError(
      `${caller}: expected a prediction for each of ${labels.length} images, got ${predicted.length}`,
    );
  }
  for (const index of [...labels, ...predicted]) {
    if (index >= 0 && index < classes.length) continue;
    throw new RangeError(
      `${caller}: expected class indices from 0 to ${classes.length - 1}, got ${index}`,
    );
  }
}

/** [K, K] images; rows are true classes, columns predicted ones. */
export function confusionMatrix(predictions: LabelledPredictions): readonly (readonly number[])[] {
  checkPredictions("confusionMatrix", predictions);
  const K = predictions.classes.length;
  const counts = countCells(cellsOf(predictions), K);
  return predictions.classes.map((_, row) => [...counts.subarray(row * K, (row + 1) * K)]);
}

/** [n] the cell of the flat matrix that each image falls into: label K + predicted. */
export function cellsOf({ classes, labels, predicted }: LabelledPredictions): Int32Array {
  return labels.map((label, i) => label * classes.length + predicted[i]!);
}

/** [K K] images per cell. With `images`, of those only, each as often as it is listed. */
export function countCells(cells: Int32Array, K: number, images?: Int32Array): Int32Array {
  const counts = new Int32Array(K * K);
  if (images === undefined) for (const cell of cells) counts[cell]! += 1;
  else for (const image of images) counts[cells[image]!]! += 1;
  return counts;
}
