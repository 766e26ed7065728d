/**
 * @file How good relabelling was on data whose true labels are known: synthetic faces with known label noise.
 *
 * Notation, over n samples: g the given label, c the current one, t the true one. A given label is
 * wrong when g != t; a sample is changed when c != g.
 */
import { UserError } from "@mvt/common";

/** k of n, and their ratio: null if n is 0. */
export interface Share {
  readonly k: number;
  readonly n: number;
  readonly value: number | null;
}

export interface RelabelQuality {
  /** |c != g and c = t| / |c != g|: the share of changed samples whose new label is the true one. */
  readonly precision: Share;
  /** |c != g and g != t| / |c != g|: the share of changed samples whose given label was wrong, whatever the new one is. */
  readonly hits: Share;
  /** |g != t and c = t| / |g != t|: the share of wrong given labels that are right now. */
  readonly recall: Share;
  /** |g = t and c != t| / |g = t|: the share of right given labels that are wrong now. */
  readonly harm: Share;
  /** |g = t| / n: labels right as given. */
  readonly correctBefore: Share;
  /** |c = t| / n: labels right now. */
  readonly correctAfter: Share;
}

export interface LabelSets {
  /** [n] */
  readonly given: ArrayLike<number>;
  /** [n] `ledger.labels`, or `ledger.labelsAt(epoch)`. */
  readonly current: ArrayLike<number>;
  /** [n] */
  readonly truth: ArrayLike<number>;
}

/**
 * Counts over all samples. A sample that was changed and changed back counts as not changed.
 *
 * @throws UserError if the three differ in length.
 */
export function relabelQuality({ given, current, truth }: LabelSets): RelabelQuality {
  const n = given.length;
  if (current.length !== n || truth.length !== n) {
    throw new UserError(
      `relabelQuality: expected as many current and true labels as given ones (${n}), got ${current.length} and ${truth.length}. Pass all three for the same samples.`,
    );
  }
  let changed = 0;
  let hits = 0; // changed, given label wrong
  let repaired = 0; // given label wrong, right now
  let harmed = 0; // given label right, wrong now
  let right = 0; // given label right
  for (let i = 0; i < n; i += 1) {
    const wasRight = given[i] === truth[i];
    const isRight = current[i] === truth[i];
    const isChanged = current[i] !== given[i];
    changed += Number(isChanged);
    hits += Number(isChanged && !wasRight);
    repaired += Number(!wasRight && isRight); // implies changed
    harmed += Number(wasRight && !isRight);
    right += Number(wasRight);
  }
  return {
    precision: share(repaired, changed),
    hits: share(hits, changed),
    recall: share(repaired, n - right),
    harm: share(harmed, right),
    correctBefore: share(right, n),
    correctAfter: share(right + repaired - harmed, n),
  };
}

function share(k: number, n: number): Share {
  return { k, n, value: n === 0 ? null : k / n };
}
