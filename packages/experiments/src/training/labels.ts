/**
 * @file The labels that training uses, what the network says about them, and what dynamic relabelling (section 3.3)
 * does to them.
 */
import { WeightsError } from "@mvt/core";
import { createRelabeller, LabelLedger, TrainingHistory } from "@mvt/relabel";
import type { HistoryArray, Relabeller, Threshold } from "@mvt/relabel";
import type { TrainingData } from "../data/prepared.ts";
import { labelsCsv } from "../runs/labels-csv.ts";
import { relabelOutcomeOf } from "../runs/outcome.ts";
import type { ClassifierResult, EpochMetrics } from "../runs/result.ts";
import type { RelabelConfig } from "../settings/run-config.ts";
import type { Checkpoint } from "./checkpoint.ts";

/** The labels of a run's training images; they change only if the run relabels. */
export class TrainingLabels {
  readonly #data: TrainingData;
  readonly #relabel: RelabelConfig | undefined;
  readonly #threshold: Threshold | undefined;
  #ledger: LabelLedger;
  #history: TrainingHistory;
  #relabeller: Relabeller | undefined;

  constructor(
    data: TrainingData,
    relabel: RelabelConfig | undefined,
    threshold: Threshold | undefined,
  ) {
    this.#data = data;
    this.#relabel = relabel;
    this.#threshold = threshold;
    this.#ledger = new LabelLedger(this.#given);
    this.#history = new TrainingHistory(this.#images);
  }

  get #given() {
    const { train, classes } = this.#data;
    return { ids: train.ids, given: train.labels, classes };
  }

  get #images() {
    const { train, classes } = this.#data;
    return { given: train.labels, classes: classes.length };
  }

  /** [training images] class indices as they are now. */
  get current(): Int32Array {
    return this.#ledger.labels;
  }

  /** Undefined if the run does not relabel. */
  get relabeller(): Relabeller | undefined {
    return this.#relabeller;
  }

  /**
   * Begins, or restores ledger and history of a checkpoint and what the relabeller learnt from the epochs before it.
   *
   * @throws WeightsError for a checkpoint without a history, which versions before labels.csv wrote: the scores of
   *   its labels could not be told.
   */
  resume(checkpoint: Checkpoint<EpochMetrics> | undefined, source: string): void {
    const { ledger, history, metrics = [] } = checkpoint ?? {};
    if (ledger !== undefined) this.#ledger = LabelLedger.fromJsonLines(ledger, this.#given);
    if (history !== undefined) this.#history = TrainingHistory.fromArrays(history, this.#images);
    else if (checkpoint !== undefined) {
      throw new WeightsError(
        `${source}: expected a checkpoint with the history of its training images, got one of an earlier version, without`,
      );
    }
    if (this.#relabel === undefined || this.#threshold === undefined) return;
    const policy = { ...this.#relabel, threshold: this.#threshold };
    this.#relabeller = createRelabeller(policy, this.#ledger, this.#history);
    for (const { epoch, train } of metrics) this.#relabeller.endEpoch(epoch, train.k / train.n);
    const confidence = checkpoint?.partial?.sums["confidence"];
    if (confidence) this.#relabeller.resumeEpoch(metrics.length + 1, confidence);
  }

  /** What a checkpoint within an epoch holds of relabelling besides ledger and history. */
  sums(epoch: number): Readonly<Record<string, readonly number[]>> {
    const confidence = this.#relabeller?.begunWith(epoch);
    return confidence ? { confidence } : {};
  }

  /**
   * Takes what a training step says about the images of its batch. The step used the labels as they were; changed ones
   * count when the image is drawn next.
   *
   * @param samples [b] places in the training subset
   * @param probabilities [b, K] softmax rows
   * @returns how many labels changed
   */
  observe(epoch: number, samples: ArrayLike<number>, probabilities: Float32Array): number {
    if (this.#relabeller) return this.#relabeller.observe(epoch, samples, probabilities).length;
    this.#history.record(samples, probabilities);
    return 0;
  }

  /**
   * Decides at the end of an epoch that relabels on a pass over the training set; otherwise nobody asks for the pass.
   *
   * @param pass gives the probabilities [training images, K] as the weights are now
   * @returns how many labels changed
   */
  async endOfEpoch(epoch: number, pass: () => Promise<Float32Array>): Promise<number> {
    if (!this.#relabeller?.needsPass(epoch)) return 0;
    return this.#relabeller.decideAll(epoch, await pass()).length;
  }

  /** The arrays of the history, for a checkpoint. */
  history(): ReadonlyMap<string, HistoryArray> {
    return this.#history.toArrays();
  }

  /** The lines of labels.csv. */
  toCsv(): string {
    const { trainTruth: truth } = this.#data;
    return labelsCsv({ ledger: this.#ledger, history: this.#history, truth });
  }

  /** Every change as JSON lines; undefined if the run does not relabel. */
  toJsonLines(): string | undefined {
    return this.#relabeller && this.#ledger.toJsonLines();
  }

  /** How many labels changed and, where the truth is known, how many are right now. Undefined without relabelling. */
  outcome(): ClassifierResult["relabel"] {
    if (this.#relabeller === undefined) return undefined;
    const { train, trainTruth: truth } = this.#data;
    return relabelOutcomeOf(train.labels, this.#ledger.labels, truth);
  }
}
