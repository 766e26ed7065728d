/** @file The suggestion in "Did you mean ...?". */

/** Levenshtein's distance: how many letters are inserted, removed or replaced. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * ` Did you mean "sigmoid"?` with the candidate nearest to `word`, whatever its case. Empty if the nearest differs in
 * more than a third of the word's letters.
 */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const ranked = candidates
    .map((candidate) => ({ candidate, d: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.d - b.d);
  const best = ranked[0];
  const within = Math.max(1, Math.ceil(word.length / 3));
  return best !== undefined && best.d <= within ? ` Did you mean "${best.candidate}"?` : "";
}
