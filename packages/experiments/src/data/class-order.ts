/**
 * @file Whether a data set's labels are in another order than its classes, judged by a model's answers.
 *
 * Label numbers mean something else in every data set, and a set read with another one's table trains and
 * tests without a word. A model that knows the expressions shows it: what the files call fear it calls
 * surprise, and the other way round.
 *
 * The rule. Of all permutations of the classes the one is taken that gives the highest mean recall, since with
 * plain accuracy a swap of two rare classes would drown. It falls apart into cycles, such as fear and surprise
 * for each other, and a cycle counts only if McNemar's exact test says that renaming its classes makes more
 * answers right at p < 0.001 / K!, all permutations having been tried. The cycles that count are reported if
 * together they raise the mean recall by more than 10 points. A weak model does not get there: answers that
 * are spread, or all the same, fit no naming of the classes.
 */
import { mcnemarExact } from "@mvt/report";
import type { LabelledPredictions } from "@mvt/report";

/** What the files call `files` is what the model sees as `model`. */
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
  /** Images answered right: as the files have it, and renamed. */
  readonly right: number;
  readonly renamedRight: number;
  readonly images: number;
  /** Whether the model knows enough: two of its classes swapped would change the mean recall that much. */
  readonly telling: boolean;
}

/** By how much the mean recall must rise. */
const leastGain = 0.1;
const significance = 0.001;

export function checkClassOrder({ classes, labels, predicted }: LabelledPredictions): ClassOrder {
  const K = classes.length;
  const counts = Array.from({ length: K }, () => new Int32Array(K)); // [files' label][answer]
  for (const [i, label] of labels.entries()) counts[label]![predicted[i]!]! += 1;
  const totals = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const present = totals.filter((n) => n > 0).length;
  const recallOf = (label: number, answer: number) =>
    totals[label] === 0 ? 0 : counts[label]![answer]! / totals[label]!;

  const best = bestPermutation(K, recallOf);
  const tested = factorial(K);
  const renamed = cyclesOf(best)
    .filter((cycle) => {
      const now = sum(cycle, (label) => counts[label]![label]!);
      const then = sum(cycle, (label) => counts[label]![best[label]!]!);
      return then > now && mcnemarExact(then, now) < significance / tested;
    })
    .flat()
    .toSorted((a, b) => a - b);
  const all = [...classes.keys()];
  const recall = sum(all, (label) => recallOf(label, label)) / present;
  const gain = sum(renamed, (label) => recallOf(label, best[label]!) - recallOf(label, label));
  const right = sum(all, (label) => counts[label]![label]!);
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
      right + sum(renamed, (label) => counts[label]![best[label]!]! - counts[label]![label]!),
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
    for (let answer = 0; answer < K; answer += 1) {
      if (taken[answer]) continue;
      taken[answer] = true;
      current.push(answer);
      extend(total + gains[row]![answer]!);
      current.pop();
      taken[answer] = false;
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

function sum(items: readonly number[], of: (item: number) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
