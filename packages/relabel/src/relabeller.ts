/**
 * @file When, on which samples and against which label Eq. 6 is applied while a classifier trains.
 *
 * The defaults are those of SCN's code, which the paper builds on: from epoch 10 on, every sample of
 * every batch, on the probabilities of the training step itself, against the current label.
 *
 * Shapes: n training images, b images in a batch, K classes.
 */
import { UserError } from "@mvt/common";
import { decide } from "./decide.ts";
import { TrainingHistory } from "./history.ts";
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

/** For each name: the probabilities that Eq. 6 decides on, and when. */
export const predictionSources = {
  // SCN's code.
  step: "those of the training step itself, after every step",
  pass: "those of a pass over the training set without augmentation, at the end of every epoch",
  // Laine and Aila, arXiv:1610.02242; averageDecay has the weights.
  average: "the moving average of an image's probabilities over the epochs, after every step",
} as const;

export type PredictionSource = keyof typeof predictionSources;

export interface RelabelPolicy {
  /** f of Eq. 6. */
  readonly threshold: Threshold;
  /** The "lower limit" of the threshold. Default 0.2. */
  readonly delta?: number;
  /** Default "current". */
  readonly reference?: Reference;
  /** Default "step". */
  readonly predictions?: PredictionSource;
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
  predictions: "step", // SCN's code
  startEpoch: 10, // Figure 5(b): "in 10-th epoch"
} as const satisfies Partial<RelabelPolicy>;

export interface Relabeller {
  /** Whether labels may change in this epoch. */
  readonly active: (epoch: number) => boolean;
  /** Whether this epoch ends with `decideAll`: it is active, and decides on a pass over the training set. */
  readonly needsPass: (epoch: number) => boolean;
  /**
   * Enters a batch into the history, decides for it and enters the changes into the ledger.
   *
   * Call it after every training step, from the first epoch on: the step that made these probabilities used the old
   * labels, and the new ones count when the sample is drawn next.
   *
   * @param epoch 1-based.
   * @param samples [b] Indices into the ledger.
   * @param probabilities [b, K] Softmax rows, one after the other.
   * @returns the changes of this batch; none while not active, nor if the decisions wait for `decideAll`.
   * @throws UserError if there are not b * K probabilities.
   */
  observe(
    epoch: number,
    samples: ArrayLike<number>,
    probabilities: Float32Array,
  ): readonly LabelChange[];
  /**
   * Decides for all samples in their order, on the probabilities of a pass over the training set. They are not entered
   * into the history. Does nothing unless the epoch `needsPass`.
   *
   * @param probabilities [n, K] Softmax rows, one after the other.
   * @returns the changes.
   * @throws UserError if there are not n * K probabilities.
   */
  decideAll(epoch: number, probabilities: Float32Array): readonly LabelChange[];
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
  /**
   * What the decisions of a running epoch need and ledger and history do not tell any more: [K] the class confidences
   * with which it began. Undefined if the epoch needs none, or has not decided yet.
   */
  begunWith(epoch: number): readonly number[] | undefined;
  /** A run that resumes within an epoch passes what `begunWith` gave. */
  resumeEpoch(epoch: number, classConfidence: readonly number[]): void;
}

/**
 * @param history What the run knows of its images; one that resumes passes the history that it had.
 * @throws UserError for an option out of its range.
 */
export function createRelabeller(
  policy: RelabelPolicy,
  ledger: LabelLedger,
  history: TrainingHistory = new TrainingHistory({
    given: ledger.labelsAt(0),
    classes: ledger.classes.length,
  }),
): Relabeller {
  const {
    threshold,
    delta = policyDefaults.delta,
    reference = policyDefaults.reference,
    predictions = policyDefaults.predictions,
    startEpoch = policyDefaults.startEpoch,
    minTrainAccuracy,
  } = policy;
  const least = minTrainAccuracy ?? 0;
  check("delta", delta, delta >= 0 && delta < 1, "a number from 0 to below 1");
  const names = Object.keys(references);
  check("reference", reference, names.includes(reference), listOf(names));
  const sources = Object.keys(predictionSources);
  check("predictions", predictions, sources.includes(predictions), listOf(sources));
  const isEpoch = Number.isInteger(startEpoch) && startEpoch >= 1;
  check("startEpoch", startEpoch, isEpoch, "an integer from 1 on");
  check("minTrainAccuracy", least, least >= 0 && least <= 1, "a share from 0 to 1 (.9 for 90 %)");

  /** The first epoch that reached `minTrainAccuracy`. */
  let reached = minTrainAccuracy === undefined ? 0 : Infinity;
  const active = (epoch: number) => epoch >= startEpoch && epoch > reached;
  const needsPass = (epoch: number) => predictions === "pass" && active(epoch);

  const { classes } = ledger;
  const K = classes.length;
  const rowOf = (probabilities: Float32Array, i: number) =>
    probabilities.subarray(i * K, (i + 1) * K); // [K]
  const labelOf = (sample: number) =>
    reference === "original" ? ledger.given(sample) : ledger.current(sample);

  /** Eq. 6 for one sample, on a row [K] of probabilities. */
  const decideOn = (
    row: Float32Array,
    sample: number,
    epoch: number,
    classConfidence: Float64Array | undefined,
  ): LabelChange | undefined => {
    const label = labelOf(sample);
    const meanProbabilities = history.average(sample);
    const context = classConfidence && {
      label,
      classes,
      epoch,
      meanProbabilities,
      classConfidence,
    };
    const decision = decide(row, label, { threshold, delta, context });
    if (Number.isNaN(decision.pMax - decision.pGt)) return undefined; // the network diverged: keep the label
    return ledger.apply({ ...decision, sample, epoch });
  };

  /** The mean P_gt by class, if f takes a context. `row` is what is known of a sample, undefined if nothing is. */
  const confidences = (row: (sample: number) => Float32Array | undefined) =>
    threshold.inContext && meanByClass(ledger.ids.length, K, labelOf, row);

  /** What `confidences` was when the epoch began: it must not depend on which batches came before. */
  let begun: { readonly epoch: number; readonly confidence: Float64Array | undefined } | undefined;
  const confidenceBefore = (epoch: number) => {
    if (begun?.epoch !== epoch) {
      const known = (i: number) =>
        predictions === "average" ? history.average(i) : history.probabilities(i);
      const row = (i: number) => (history.draws(i) === 0 ? undefined : known(i));
      begun = { epoch, confidence: confidences(row) };
    }
    return begun.confidence;
  };

  return {
    active,
    needsPass,
    observe(epoch, samples, probabilities) {
      const b = samples.length;
      checkRows(b, K, probabilities, "Leave out the rows that pad a batch.");
      const decides = predictions !== "pass" && active(epoch);
      const confidence = decides ? confidenceBefore(epoch) : undefined; // before this batch is known
      history.record(samples, probabilities);
      if (!decides) return [];
      return Array.from(samples, (sample, i) => {
        const row = predictions === "average" ? history.average(sample) : rowOf(probabilities, i);
        return decideOn(row, sample, epoch, confidence);
      }).filter((change) => change !== undefined);
    },
    decideAll(epoch, probabilities) {
      const n = ledger.ids.length;
      checkRows(n, K, probabilities, "Pass those of every training image, in the ledger's order.");
      if (!needsPass(epoch)) return [];
      const confidence = confidences((i) => rowOf(probabilities, i));
      return ledger.ids.flatMap(
        (_, i) => decideOn(rowOf(probabilities, i), i, epoch, confidence) ?? [],
      );
    },
    endEpoch(epoch, trainAccuracyOnOriginal) {
      if (trainAccuracyOnOriginal >= least) reached = Math.min(reached, epoch);
    },
    begunWith(epoch) {
      const confidence = begun?.epoch === epoch ? begun.confidence : undefined;
      return confidence && [...confidence];
    },
    resumeEpoch(epoch, classConfidence) {
      begun = { epoch, confidence: Float64Array.from(classConfidence) };
    },
  };
}

/** [K] The mean over the samples of each class of the probability of their label; 1 / K for a class without any. */
function meanByClass(
  n: number,
  K: number,
  labelOf: (sample: number) => number,
  row: (sample: number) => Float32Array | undefined,
): Float64Array {
  const [sums, counts] = [new Float64Array(K), new Float64Array(K)];
  for (let i = 0; i < n; i += 1) {
    const pGt = row(i)?.[labelOf(i)];
    if (pGt === undefined || Number.isNaN(pGt)) continue;
    sums[labelOf(i)]! += pGt;
    counts[labelOf(i)]! += 1;
  }
  return sums.map((total, k) => (counts[k] === 0 ? 1 / K : total / counts[k]!));
}

function checkRows(n: number, K: number, probabilities: Float32Array, advice: string): void {
  if (probabilities.length === n * K) return;
  throw new UserError(
    `relabeller: expected ${n} x ${K} probabilities, got ${probabilities.length}. ${advice}`,
  );
}

/** "step, pass or average" */
function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function check(name: string, value: unknown, holds: boolean, expected: string): void {
  if (holds) return;
  throw new UserError(
    `relabelling: expected ${name} to be ${expected}, got ${String(value)}. Correct the option.`,
  );
}
