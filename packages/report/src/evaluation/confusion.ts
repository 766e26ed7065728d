/**
 * @file The confusion matrix: images by true and predicted class.
 */
import { checkAnswers, type Answers } from "./answers.ts";

/** [K, K] images; rows are true classes, columns predicted ones. */
export function confusionMatrix(answers: Answers): readonly (readonly number[])[] {
  checkAnswers("confusionMatrix", answers);
  const K = answers.classes.length;
  const counts = countCells(cellsOf(answers), K);
  return answers.classes.map((_, row) => [...counts.subarray(row * K, (row + 1) * K)]);
}

/** [n] the cell of the flat matrix that each image falls into: label K + predicted. */
export function cellsOf({ classes, labels, predicted }: Answers): Int32Array {
  return labels.map((label, i) => label * classes.length + predicted[i]!);
}

/** [K K] images per cell; of those in `images` only, where given, each as often as it is there. */
export function countCells(cells: Int32Array, K: number, images?: Int32Array): Int32Array {
  const counts = new Int32Array(K * K);
  if (images === undefined) for (const cell of cells) counts[cell]! += 1;
  else for (const image of images) counts[cells[image]!]! += 1;
  return counts;
}
