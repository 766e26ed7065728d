/**
 * @file When, on which samples and against which label Eq. 6 is applied while a classifier trains.
 *
 * The defaults are those of SCN's code, which the paper builds on: from epoch 10 on, every sample of
 * every batch, on the probabilities of the training step itself, against the current label.
 */
import { UserError } from "@mvt/common";
import { decide } from "./decide.ts";
import type { LabelChange } from "./ledger-lines.ts";
import type { LabelLedger } from "./ledger.ts";
import type { Threshold } from "./threshold.ts";

/** For each name: the label whose probability is P_gt, and what happens if Eq. 6 no longer holds. */
export const references = {
  // Changes build on each other and nothing leads back, as in SCN's code.
  current: "the label that the sample is trained on, which may be a new one already",
  // As Eq. 6 reads: "the originally given label".
  original: "the label of the data set, which comes back if Eq. 6 no longer holds",
} as const;

export type Reference = keyof typeof references;

export interface RelabelPolicy {
  /** f of Eq. 6. */
  readonly threshold: Threshold;
  /** The "lower limit" of the threshold. Default 0.2. */
  readonly delta?: number;
  /** Default "current". */
  readonly reference?: Reference;
  /** The first epoch that relabels, 1-based. Default 10. */
  readonly startEpoch?: number;
  /**
   * Relabel only after an epoch in which at least this share of the training set was right, in [0, 1] and
   * measured on the original labels: "the relabeling module can only be added when the training
   * accuracy is high enough (e.g. 90%)", section 4.3. With 15 % wrong labels, 0.9 means memorised noise.
   */
  readonly minTrainAccuracy?: number;
}

export const policyDefaults = {
  delta: 0.2, // the paper's and SCN's
  reference: "current", // SCN's code, which Figure 5 builds on; the text of Eq. 6 says original
  startEpoch: 10, // Figure 5(b): "in 10-th epoch"
} as const satisfies Partial<RelabelPolicy>;

export interface Relabeller {
  /** Whether `observe` relabels in this epoch. */
  readonly active: (epoch: number) => boolean;
  /**
   * Decides for one batch and enters the changes into the ledger.
   *
   * Call it after the training step: the step that made these probabilities used the old labels, and the
   * new ones count when the sample is drawn next.
   *
   * @param epoch 1-based.
   * @param samples [n] Indices into the ledger.
   * @param probabilities [n, K] Softmax rows, one after the other.
   * @returns the changes of this batch; none while not active.
   * @throws UserError if there are not n * K probabilities.
   */
  observe(
    epoch: number,
    samples: ArrayLike<number>,
    probabilities: Float32Array,
  ): readonly LabelChange[];
  /**
   * Reports the training accuracy of an epoch. Once it has reached `minTrainAccuracy`, relabelling is active
   * from the next epoch on, whatever later accuracies are.
   *
   * A run that resumes calls this again for every finished epoch, in any order.
   *
   * @param trainAccuracyOnOriginal Share of samples right, in [0, 1], against the original labels:
   *   against the current ones it would rise by relabelling alone.
   */
  endEpoch(epoch: number, trainAccuracyOnOriginal: number): void;
}

/** @throws UserError for an option out of its range. */
export function createRelabeller(policy: RelabelPolicy, ledger: LabelLedger): Relabeller {
  const {
    threshold,
    delta = policyDefaults.delta,
    reference = policyDefaults.reference,
    startEpoch = policyDefaults.startEpoch,
    minTrainAccuracy,
  } = policy;
  const least = minTrainAccuracy ?? 0;
  check("delta", delta, delta >= 0 && delta < 1, "a number from 0 to below 1");
  const names = Object.keys(references);
  check("reference", reference, names.includes(reference), names.join(" or "));
  const isEpoch = Number.isInteger(startEpoch) && startEpoch >= 1;
  check("startEpoch", startEpoch, isEpoch, "an integer from 1 on");
  check("minTrainAccuracy", least, least >= 0 && least <= 1, "a share from 0 to 1 (.9 for 90 %)");

  /** The first epoch that reached `minTrainAccuracy`. */
  let reached = minTrainAccuracy === undefined ? 0 : Infinity;
  const active = (epoch: number) => epoch >= startEpoch && epoch > reached;

  return {
    active,
    observe(epoch, samples, probabilities) {
      const n = samples.length;
      const K = ledger.classes.length;
      if (probabilities.length !== n * K) {
        throw new UserError(
          `relabeller: expected ${n} x ${K} probabilities, got ${probabilities.length}. Leave out the rows that pad a batch.`,
        );
      }
      const changes: LabelChange[] = [];
      if (!active(epoch)) return changes;
      for (let i = 0; i < n; i += 1) {
        const sample = samples[i]!;
        const label = reference === "original" ? ledger.given(sample) : ledger.current(sample);
        const row = probabilities.subarray(i * K, (i + 1) * K); // [K]
        const decision = decide(row, label, { threshold, delta });
        if (Number.isNaN(decision.pMax - decision.pGt)) continue; // the network diverged: keep the label
        const change = ledger.apply({ ...decision, sample, epoch });
        if (change !== undefined) changes.push(change);
      }
      return changes;
    },
    endEpoch(epoch, trainAccuracyOnOriginal) {
      if (trainAccuracyOnOriginal >= least) reached = Math.min(reached, epoch);
    },
  };
}

function check(name: string, value: unknown, holds: boolean, expected: string): void {
  if (holds) return;
  throw new UserError(
    `relabelling: expected ${name} to be ${expected}, got ${String(value)}. Correct the option.`,
  );
}
