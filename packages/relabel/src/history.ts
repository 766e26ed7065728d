/**
 * @file What a network has said about every training image so far, and the scores that rank labels by it.
 *
 * Every time an image is drawn, the training step gives it K probabilities. The history keeps the last ones, their
 * moving average, and the margin of the given label. All numbers are float32, so that a file of weights can hold
 * them and a run that resumes continues with the same bits.
 *
 * Shapes: n training images, K classes.
 */
import { UserError } from "@mvt/common";
import { logMargin, normalizedMargin, selfConfidence } from "./scores.ts";

/**
 * β of the moving average: after the image is drawn for the t-th time, the average is
 * sum of β^(t - i) p_i over i = 1 .. t, divided by the sum of the weights β^(t - i).
 *
 * The average and its correction are those of Laine and Aila, "Temporal Ensembling for Semi-Supervised
 * Learning", ICLR 2017, arXiv:1610.02242. The value is that of Liu et al., "Early-Learning Regularization Prevents
 * Memorization of Noisy Labels", NeurIPS 2020, arXiv:2007.00151, on ten classes; Laine and Aila have 0.6.
 */
export const averageDecay = 0.7;

/** A float32 array in row-major order, as a file of weights holds it. */
export interface HistoryArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** How well the network agrees with the given label of an image. The lower, the more doubtful the label. */
export interface LabelScores {
  /** `selfConfidence` of the last probabilities. */
  readonly selfConfidence: number;
  /** `normalizedMargin` of the last probabilities. */
  readonly normalizedMargin: number;
  /** The area under the margin: the mean of `logMargin` over the times that the image was drawn. */
  readonly aum: number;
}

export interface HistoryOf {
  /** [n] The labels whose margins are kept: those that the run is given. */
  readonly given: ArrayLike<number>;
  /** K */
  readonly classes: number;
}

/** What training steps said of every image: moving averages of its probabilities, and margins of its label. */
export class TrainingHistory {
  readonly #given: Int32Array;
  readonly #K: number;
  /** By the names that `toArrays` gives them. */
  readonly #arrays: {
    /** [n, K] of the last time that the image was drawn; 0 before the first. */
    readonly probabilities: Float32Array;
    /** [n, K] */
    readonly averages: Float32Array;
    /** [n] sums of log p[given] - max of the others' log p. */
    readonly margins: Float32Array;
    /** [n] how often the image was drawn. */
    readonly draws: Float32Array;
  };

  constructor({ given, classes }: HistoryOf) {
    const n = given.length;
    this.#given = Int32Array.from(given);
    this.#K = classes;
    this.#arrays = {
      probabilities: new Float32Array(n * classes),
      averages: new Float32Array(n * classes),
      margins: new Float32Array(n),
      draws: new Float32Array(n),
    };
  }

  /** n */
  get size(): number {
    return this.#given.length;
  }

  /**
   * Adds what a training step said about the images of its batch.
   *
   * @param samples [b] indices of training images
   * @param probabilities [b, K] softmax rows, one after the other
   */
  record(samples: ArrayLike<number>, probabilities: Float32Array): void {
    const K = this.#K;
    const { averages, margins, draws, probabilities: last } = this.#arrays;
    for (let i = 0; i < samples.length; i += 1) {
      const sample = samples[i]!;
      const row = probabilities.subarray(i * K, (i + 1) * K); // [K]
      last.set(row, sample * K);
      const t = (draws[sample]! += 1);
      const weight = (1 - averageDecay) / (1 - averageDecay ** t); // 1 at first
      for (let k = 0; k < K; k += 1) {
        const before = averages[sample * K + k]!;
        averages[sample * K + k] = before + weight * (row[k]! - before);
      }
      margins[sample]! += logMargin(row, this.#given[sample]!);
    }
  }

  /** How often image i was drawn. */
  draws(i: number): number {
    return this.#arrays.draws[i]!;
  }

  /** [K] The probabilities of the last training step that drew image i; 0 if none did. A view: do not write to it. */
  probabilities(i: number): Float32Array {
    return this.#arrays.probabilities.subarray(i * this.#K, (i + 1) * this.#K);
  }

  /** [K] The moving average over the training steps that drew image i; 0 if none did. A view: do not write to it. */
  average(i: number): Float32Array {
    return this.#arrays.averages.subarray(i * this.#K, (i + 1) * this.#K);
  }

  /** The scores of the given label of image i; undefined if it was never drawn, as a balanced sampler may leave it. */
  scores(i: number): LabelScores | undefined {
    const draws = this.draws(i);
    if (draws === 0) return undefined;
    const [p, given] = [this.probabilities(i), this.#given[i]!];
    return {
      selfConfidence: selfConfidence(p, given),
      normalizedMargin: normalizedMargin(p, given),
      aum: this.#arrays.margins[i]! / draws,
    };
  }

  /** All that the history knows, by name. The arrays are its own, not copies. */
  toArrays(): ReadonlyMap<string, HistoryArray> {
    const n = this.size;
    const perClass = new Set(["probabilities", "averages"]);
    return new Map(
      Object.entries(this.#arrays).map(([name, data]) => [
        name,
        { shape: perClass.has(name) ? [n, this.#K] : [n], data },
      ]),
    );
  }

  /**
   * The history that `toArrays` of the same images gave. The arrays are copied.
   *
   * @throws UserError that names an array which is missing or has another shape.
   */
  static fromArrays(arrays: ReadonlyMap<string, HistoryArray>, of: HistoryOf): TrainingHistory {
    const history = new TrainingHistory(of);
    for (const [name, { shape, data }] of history.toArrays()) {
      const found = arrays.get(name);
      if (found?.shape.join() !== shape.join()) {
        const got = found === undefined ? "none" : `[${found.shape.join(", ")}]`;
        throw new UserError(
          `training history: expected ${name} of shape [${shape.join(", ")}], got ${got}. Restore the file, or begin the run again.`,
        );
      }
      data.set(found.data);
    }
    return history;
  }
}
