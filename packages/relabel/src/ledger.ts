/**
 * @file Every label of a training set: as given, as it is now, and every change with the numbers of Eq. 6.
 *
 * The current labels, and those after any epoch, are the given labels with the changes up to then applied.
 */
import { createHash } from "node:crypto";
import { UserError } from "@mvt/common";
import type { Decision } from "./decide.ts";
import { type LabelChange, lineError, readLines, writeLines } from "./ledger-lines.ts";

export interface LedgerData {
  /** [n] Ids, unique and stable between runs. */
  readonly ids: readonly string[];
  /** [n] The labels as the data set gives them: indices into `classes`. */
  readonly given: ArrayLike<number>;
  /** [K] Class names in the order of the logits. */
  readonly classes: readonly string[];
}

/** A decision for one sample. */
export interface SampleDecision extends Omit<Decision, "relabelled"> {
  /** The index of its id. */
  readonly sample: number;
  /** Counted from 1. */
  readonly epoch: number;
}

/** The labels of a training set: as given, as they are now, and every change between. */
export class LabelLedger {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  /** [n] The current labels, for the training loop to index. It is always this array; do not write to it. */
  readonly labels: Int32Array;
  readonly #given: Int32Array;
  readonly #sampleOf: ReadonlyMap<string, number>;
  readonly #classOf: ReadonlyMap<string, number>;
  #changes: LabelChange[] = [];

  /** @throws UserError if lengths differ, a name occurs twice or a label is no class. */
  constructor({ ids, given, classes }: LedgerData) {
    if (ids.length !== given.length) {
      throw new UserError(
        `label ledger: expected one given label per id, got ${ids.length} ids and ${given.length} labels. Pass both for the same samples.`,
      );
    }
    this.ids = [...ids];
    this.classes = [...classes];
    this.#sampleOf = indexByName("id", ids);
    this.#classOf = indexByName("class", classes);
    for (let i = 0; i < given.length; i += 1) this.#checkClass(given[i]!, ids[i]!);
    this.#given = Int32Array.from(given);
    this.labels = Int32Array.from(given);
  }

  /** Every change that has not been reverted, oldest first. */
  get changes(): readonly LabelChange[] {
    return this.#changes;
  }

  /** The current label of sample i. */
  current(i: number): number {
    return this.labels[i]!;
  }

  /** The label of sample i as the data set gives it. */
  given(i: number): number {
    return this.#given[i]!;
  }

  /**
   * Makes the decided label the current one and records the change; does nothing if it already is.
   *
   * @returns the change, or undefined if there is none.
   * @throws UserError for an unknown sample or class, a probability that is not finite, and an epoch before
   *   the last recorded one, since replaying the changes would then not give this state.
   */
  apply({ sample, epoch, label, pMax, pGt, threshold }: SampleDecision): LabelChange | undefined {
    const id = this.#idOf(sample);
    if (this.labels[sample] === label) return undefined;
    this.#checkClass(label, id);
    const last = this.#changes.at(-1)?.epoch ?? 1;
    if (!Number.isInteger(epoch) || epoch < last) {
      throw new UserError(
        `label ledger: expected an epoch not before ${last}, the last recorded one, got ${epoch} for ${id}. Use revertAfter to go back.`,
      );
    }
    if (![pMax, pGt, threshold].every(Number.isFinite)) {
      throw new UserError(
        `label ledger: expected finite pMax, pGt and threshold for ${id}, got ${pMax}, ${pGt} and ${threshold}. Look for a loss that diverged.`,
      );
    }
    const from = this.classes[this.labels[sample]!]!;
    const change = { epoch, id, from, to: this.classes[label]!, pMax, pGt, threshold };
    this.#changes.push(change);
    this.labels[sample] = label;
    return change;
  }

  /**
   * Undoes changes. Given the index of a sample: all changes of that sample. Given a change: that change and
   * the later ones of the same sample.
   *
   * @returns the changes that were undone, oldest first.
   * @throws UserError if the sample or the change is not in this ledger.
   */
  revert(what: number | LabelChange): readonly LabelChange[] {
    if (typeof what === "number") {
      const id = this.#idOf(what);
      return this.#keep((change) => change.id !== id);
    }
    const at = this.#changes.indexOf(what);
    if (at === -1) {
      throw new UserError(
        `label ledger: expected a change of this ledger to revert, got ${JSON.stringify(what)}. Take it from changes; it may be undone already.`,
      );
    }
    return this.#keep((change, i) => i < at || change.id !== what.id);
  }

  /** Undoes every change of a later epoch: the labels are those at the end of `epoch` again. */
  revertAfter(epoch: number): readonly LabelChange[] {
    return this.#keep((change) => change.epoch <= epoch);
  }

  /** [n] The labels at the end of `epoch`; the given ones for epoch 0. A copy. */
  labelsAt(epoch: number): Int32Array {
    const labels = this.#given.slice();
    for (const change of this.#changes) {
      if (change.epoch <= epoch) {
        labels[this.#sampleOf.get(change.id)!] = this.#classOf.get(change.to)!;
      }
    }
    return labels;
  }

  /** The header, then one change per line: what `labels.jsonl` holds. */
  toJsonLines(): string {
    const header = { samples: this.ids.length, classes: this.classes, data: this.#digest() };
    return writeLines(header, this.#changes);
  }

  /**
   * Reads what `toJsonLines` wrote for the same data.
   *
   * @throws UserError with the line number, for a malformed line, a change that does not follow from
   *   the ones before, or a header of other data.
   */
  static fromJsonLines(text: string, data: LedgerData): LabelLedger {
    const ledger = new LabelLedger(data);
    const { header, changes } = readLines(text);
    if (header.samples !== ledger.ids.length) {
      throw lineError(1, `${ledger.ids.length} samples, as the data has`, `${header.samples}`);
    }
    if (JSON.stringify(header.classes) !== JSON.stringify(ledger.classes)) {
      throw lineError(1, `the classes ${ledger.classes.join(", ")}`, header.classes.join(", "));
    }
    if (header.data !== ledger.#digest()) {
      const expected = `the ids and given labels with digest ${ledger.#digest()}`;
      throw lineError(1, expected, `those with digest ${header.data}`);
    }
    for (const [i, change] of changes.entries()) ledger.#replay(change, i + 2);
    return ledger;
  }

  #replay(change: LabelChange, line: number): void {
    const sample = this.#sampleOf.get(change.id);
    const label = this.#classOf.get(change.to);
    if (sample === undefined) {
      throw lineError(line, "the id of a sample of this data", `"${change.id}"`);
    }
    if (label === undefined) {
      throw lineError(line, `a class (${this.classes.join(", ")})`, `"${change.to}"`);
    }
    const from = this.classes[this.labels[sample]!]!;
    if (change.from !== from || change.to === from) {
      const found = `one from "${change.from}" to "${change.to}"`;
      throw lineError(line, `a change of ${change.id} from "${from}" to another class`, found);
    }
    const last = this.#changes.at(-1)?.epoch ?? 1;
    if (change.epoch < last) {
      throw lineError(line, `an epoch not before ${last}`, `${change.epoch}`);
    }
    this.#changes.push(change);
    this.labels[sample] = label;
  }

  /** Drops the changes that fail `kept`, and rebuilds the current labels from the rest. */
  #keep(kept: (change: LabelChange, i: number) => boolean): readonly LabelChange[] {
    const undone = this.#changes.filter((change, i) => !kept(change, i));
    this.#changes = this.#changes.filter(kept);
    this.labels.set(this.labelsAt(Infinity));
    return undone;
  }

  #idOf(sample: number): string {
    const id = this.ids[sample];
    if (id !== undefined) return id;
    throw new UserError(
      `label ledger: expected a sample in 0 .. ${this.ids.length - 1}, got ${sample}. Use the index of its id.`,
    );
  }

  #checkClass(label: number, id: string): void {
    if (!Number.isInteger(label) || label < 0 || label >= this.classes.length) {
      throw new UserError(
        `label ledger: expected a class in 0 .. ${this.classes.length - 1} for ${id}, got ${label}. Use the index of its class name.`,
      );
    }
  }

  #digest(): string {
    const rows = this.ids.map((id, i) => [id, this.classes[this.#given[i]!]]);
    return createHash("sha256").update(JSON.stringify(rows)).digest("hex").slice(0, 16);
  }
}

function indexByName(what: string, names: readonly string[]): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    if (index.has(name)) {
      throw new UserError(
        `label ledger: expected each ${what} once, got "${name}" at ${index.get(name)} and at ${i}. Give each its own name.`,
      );
    }
    index.set(name, i);
  }
  return index;
}
