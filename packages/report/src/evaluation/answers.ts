/**
 * @file What a classifier answered, image by image: all that the measures of this folder are made from.
 */

export interface Answers {
  /** By name, in the order of the class indices. */
  readonly classes: readonly string[];
  /** [n] class indices, as the data set's files give them. */
  readonly labels: Int32Array;
  /** [n] class indices. */
  readonly predicted: Int32Array;
}

/** Throws a RangeError, in the name of `what`, where there is no image, or not a label and an answer for each. */
export function checkAnswers(what: string, { classes, labels, predicted }: Answers): void {
  if (labels.length === 0) throw new RangeError(`${what}: expected at least one image, got none`);
  if (labels.length !== predicted.length) {
    throw new RangeError(
      `${what}: expected an answer for each of ${labels.length} images, got ${predicted.length}`,
    );
  }
  for (const index of [...labels, ...predicted]) {
    if (index >= 0 && index < classes.length) continue;
    throw new RangeError(
      `${what}: expected class indices from 0 to ${classes.length - 1}, got ${index}`,
    );
  }
}
