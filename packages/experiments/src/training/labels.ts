/** @file The labels that training uses, and what dynamic relabelling (section 3.3) does to them. */
import { createRelabeller, LabelLedger, relabelQuality } from "@mvt/relabel";
import type { Relabeller, Threshold } from "@mvt/relabel";
import type { TrainingData } from "../data/prepared.ts";
import type { ClassifierResult, EpochMetrics } from "../runs/result.ts";
import type { RelabelConfig } from "../settings/run-config.ts";

/** The labels of a run's training images; they change only if the run relabels. */
export class TrainingLabels {
  readonly #data: TrainingData;
  readonly #relabel: RelabelConfig | undefined;
  readonly #threshold: Threshold | undefined;
  #ledger: LabelLedger;
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
  }

  get #given() {
    const { train, classes } = this.#data;
    return { ids: train.ids, given: train.labels, classes };
  }

  /** [training images] class indices as they are now. */
  get current(): Int32Array {
    return this.#ledger.labels;
  }

  /** Undefined if the run does not relabel. */
  get relabeller(): Relabeller | undefined {
    return this.#relabeller;
  }

  /** Restores the ledger of a checkpoint, and what the relabeller learnt from the epochs before it. */
  resume(ledger: string | undefined, metrics: readonly EpochMetrics[]): void {
    if (ledger !== undefined) this.#ledger = LabelLedger.fromJsonLines(ledger, this.#given);
    if (this.#relabel === undefined || this.#threshold === undefined) return;
    const policy = { ...this.#relabel, threshold: this.#threshold };
    this.#relabeller = createRelabeller(policy, this.#ledger);
    for (const { epoch, train } of metrics) this.#relabeller.endEpoch(epoch, train.k / train.n);
  }

  /** Every change as JSON lines; undefined if the run does not relabel. */
  toJsonLines(): string | undefined {
    return this.#relabeller && this.#ledger.toJsonLines();
  }

  /** How many labels changed and, where the truth is known, how many are right now. Undefined without relabelling. */
  outcome(): ClassifierResult["relabel"] {
    if (this.#relabeller === undefined) return undefined;
    const { train, trainTruth: truth } = this.#data;
    const { labels: current } = this.#ledger;
    const changed = current.reduce((n, label, i) => n + Number(label !== train.labels[i]), 0);
    if (truth === undefined) return { changed };
    const quality = relabelQuality({ given: train.labels, current, truth });
    const count = ({ k, n }: { readonly k: number; readonly n: number }) => ({ k, n });
    return {
      changed,
      precision: count(quality.precision),
      recall: count(quality.recall),
      correctBefore: count(quality.correctBefore),
      correctAfter: count(quality.correctAfter),
    };
  }
}
