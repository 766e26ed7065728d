/** @file Statistics of one epoch of MGN training, from the results of its programs. */
import { argmax, sum } from "@mvt/common";
import type { Results } from "@mvt/core";
import { collectMaskStatistics, type MaskStatistics } from "./mask-statistics.ts";

export interface MgnStatistics {
  /** Mean losses over the epoch's images, each measured in the step that trained on the image. */
  readonly LD: number;
  readonly LG: number;
  /** var(softmax(logits_gm)) of the generator's steps. */
  readonly variance: number;
  /** |M_avg - m| of the generator's steps. */
  readonly area: number;
  /** The discriminator's accuracy under generated and under random masks. */
  readonly accuracyGm: number;
  readonly accuracyRm: number;
  /** Entropy of the labels in nats: the cross-entropy of predicting class frequencies, at most ln K. */
  readonly labelEntropy: number;
  /** Of the generator's steps. */
  readonly masks: MaskStatistics;
}

export interface MgnMonitor {
  /** Results of `discriminatorProgram`, with the feeds labels and weights of the step. */
  discriminator(results: Results, labels: Int32Array, weights: Float32Array): void;
  /** Results of `generatorProgram`, with the feed weights of the step. */
  generator(results: Results, weights: Float32Array): void;
  statistics(): MgnStatistics;
}

/** A monitor of one epoch. N patches, K classes. */
export function monitorMgn({
  patches,
  classes: K,
  m,
}: {
  readonly patches: number;
  readonly classes: number;
  readonly m: number;
}): MgnMonitor {
  const masks = collectMaskStatistics({ patches, m });
  const labelCounts = new Float64Array(K);
  const [sumsD, sumsG] = [new Map<string, number>(), new Map<string, number>()];
  let [imagesD, imagesG] = [0, 0];

  const addTo = (sums: Map<string, number>, name: string, value: number) =>
    sums.set(name, (sums.get(name) ?? 0) + value);

  return {
    discriminator(results, labels, weights) {
      const count = sum(weights);
      imagesD += count;
      addTo(sumsD, "LD", results["LD"]![0]! * count);
      for (const name of ["Gm", "Rm"]) {
        const right = countRight(results[`probabilities${name}`]!, labels, weights);
        addTo(sumsD, name, right);
      }
      for (const [i, label] of labels.entries()) labelCounts[label]! += weights[i]!;
    },
    generator(results, weights) {
      const count = sum(weights);
      imagesG += count;
      for (const name of ["LG", "variance", "area"]) addTo(sumsG, name, results[name]![0]! * count);
      masks.add(results["Mp"]!, weights);
    },
    statistics() {
      const meanD = (name: string) => (sumsD.get(name) ?? 0) / imagesD;
      const meanG = (name: string) => (sumsG.get(name) ?? 0) / imagesG;
      return {
        LD: meanD("LD"),
        LG: meanG("LG"),
        variance: meanG("variance"),
        area: meanG("area"),
        accuracyGm: meanD("Gm"),
        accuracyRm: meanD("Rm"),
        labelEntropy: entropy(labelCounts),
        masks: masks.result(),
      };
    },
  };
}

/** The summed weights of the images whose most probable class, the first of equals, is the label. */
function countRight(probabilities: Float32Array, labels: Int32Array, weights: Float32Array) {
  const K = probabilities.length / labels.length;
  let right = 0;
  for (const [i, label] of labels.entries()) {
    const row = probabilities.subarray(i * K, (i + 1) * K);
    if (argmax(row) === label) right += weights[i]!;
  }
  return right;
}

function entropy(counts: Float64Array): number {
  const total = sum(counts);
  return sum([...counts].filter((n) => n > 0).map((n) => -(n / total) * Math.log(n / total)));
}
