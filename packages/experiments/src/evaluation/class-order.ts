/**
 * @file Whether a data set's labels are in another order than its classes, judged by a model's predictions.
 *
 * Label numbers mean different expressions in every data set. A set that is read with the table of another one trains
 * and tests without an error. The predictions of a trained model show the mistake: it predicts surprise for the images
 * that the files call fear, and the other way round.
 *
 * The rule: of all permutations of the classes, take the one with the highest mean recall. (Accuracy would miss a swap
 * of two rare classes.) Split it into cycles, such as fear and surprise for each other. A cycle counts only if McNemar's
 * exact test says that renaming its classes makes more predictions correct at p < 0.001 / K!, because K! permutations
 * were tried. The cycles that count are reported if together they raise the mean recall by more than 10 points. The
 * predictions of a weak model fit no renaming.
 */
import { sum, UserError } from "@mvt/common";
import { expressions } from "@mvt/datasets";
import { mcnemarExact } from "@mvt/report";
import type { LabelledPredictions } from "@mvt/report";

/** The model predicts `model` for the images that the files call `files`. */
export interface Renaming {
  readonly files: string;
  readonly model: string;
}

export interface ClassOrder {
  /** The classes that would have to be renamed; empty where the order is not in doubt. */
  readonly renamed: readonly Renaming[];
  /** Mean recall, of the classes that have images: as the files have it, and renamed. */
  readonly recall: number;
  readonly renamedRecall: number;
  /** Images predicted correctly: with the labels of the files, and renamed. */
  readonly right: number;
  readonly renamedRight: number;
  readonly images: number;
  /** Whether the model knows enough: two of its classes swapped would change the mean recall that much. */
  readonly telling: boolean;
}

/** The least gain of mean recall that is reported. */
const leastGain = 0.1;
const significance = 0.001;

/** As many classes as there are expressions. All orders are tried, and of twelve classes there are 479 million. */
const mostClasses = expressions.length;

/** Judges the order of the classes by the rule above. Throws a UserError for more classes than expressions. */
export function checkClassOrder({ classes, labels, predicted }: LabelledPredictions): ClassOrder {
  const K = classes.length;
  if (K > mostClasses) {
    throw new UserError(
      `class order: expected predictions of at most ${mostClasses} classes, as many as there are expressions, found ${K}`,
      { advice: "Name a run of this project; if it is one, its predictions.csv is damaged." },
    );
  }
  const counts = Array.from({ length: K }, () => new Int32Array(K)); // [label][predicted]
  for (const [i, label] of labels.entries()) counts[label]![predicted[i]!]! += 1;
  const totals = counts.map((row) => sum(row));
  const present = totals.filter((n) => n > 0).length;
  const recallOf = (label: number, predictedAs: number) =>
    totals[label] === 0 ? 0 : counts[label]![predictedAs]! / totals[label]!;

  const best = bestPermutation(K, recallOf);
  const tested = factorial(K);
  const renamed = cyclesOf(best)
    .filter((cycle) => {
      const now = sumOf(cycle, (label) => counts[label]![label]!);
      const then = sumOf(cycle, (label) => counts[label]![best[label]!]!);
      return then > now && mcnemarExact(then, now) < significance / tested;
    })
    .flat()
    .toSorted((a, b) => a - b);
  const all = [...classes.keys()];
  const recall = sumOf(all, (label) => recallOf(label, label)) / present;
  const gain = sumOf(renamed, (label) => recallOf(label, best[label]!) - recallOf(label, label));
  const right = sumOf(all, (label) => counts[label]![label]!);
  const images = labels.length;
  if (gain / present <= leastGain) {
    const telling = (2 * recall) / present > leastGain;
    const unchanged = { recall, renamedRecall: recall, right, renamedRight: right };
    return { renamed: [], ...unchanged, images, telling };
  }
  return {
    telling: true,
    renamed: renamed.map((label) => ({ files: classes[label]!, model: classes[best[label]!]! })),
    recall,
    renamedRecall: recall + gain / present,
    right,
    renamedRight:
      right + sumOf(renamed, (label) => counts[label]![best[label]!]! - counts[label]![label]!),
    images,
  };
}

/**
 * The permutation p of 0 .. K - 1 with the highest sum of gain(i, p[i]); of equals the first in the order of
 * dictionaries, so that nothing is moved without a reason. All K! are tried: of eight classes 40,320.
 */
function bestPermutation(K: number, gain: (from: number, to: number) => number): readonly number[] {
  const gains = Array.from({ length: K }, (_, i) =>
    Array.from({ length: K }, (_j, j) => gain(i, j)),
  );
  const current: number[] = [];
  const taken = Array<boolean>(K).fill(false);
  let best: readonly number[] = [];
  let highest = Number.NEGATIVE_INFINITY;
  const extend = (total: number) => {
    const row = current.length;
    if (row === K) {
      if (total > highest + 1e-12) [best, highest] = [[...current], total];
      return;
    }
    for (let to = 0; to < K; to += 1) {
      if (taken[to]) continue;
      taken[to] = true;
      current.push(to);
      extend(total + gains[row]![to]!);
      current.pop();
      taken[to] = false;
    }
  };
  extend(0);
  return best;
}

/** The cycles of a permutation that move something: [[2, 6], ...]. */
function cyclesOf(permutation: readonly number[]): readonly (readonly number[])[] {
  const seen = new Set<number>();
  const cycles: number[][] = [];
  for (const start of permutation.keys()) {
    const cycle: number[] = [];
    for (let at = start; !seen.has(at); at = permutation[at]!) {
      seen.add(at);
      cycle.push(at);
    }
    if (cycle.length > 1) cycles.push(cycle);
  }
  return cycles;
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

function sumOf(items: readonly number[], of: (item: number) => number): number {
  return sum(items.map(of));
}
