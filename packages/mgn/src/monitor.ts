/** @file Statistics of one epoch of MGN training, from the results of its programs. */
import { argmax, sum } from "@mvt/common";
import { WeightsError } from "@mvt/core";
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
  /** The statistics of all batches so far. */
  statistics(): MgnStatistics;
  /** All sums so far by name, for a checkpoint within the epoch, after both steps of at least one batch. */
  sums(): MgnSums;
  /** Goes on from what `sums` of such a monitor gave. Throws a WeightsError if they are not of one. */
  resume(sums: MgnSums): void;
}

/** Sums of a running epoch by name. All are finite. */
export type MgnSums = Readonly<Record<string, readonly number[]>>;

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
  const sumsD = { LD: 0, Gm: 0, Rm: 0 };
  const sumsG = { LG: 0, variance: 0, area: 0 };
  let [imagesD, imagesG] = [0, 0];

  const sums = (): MgnSums => ({
    discriminator: [imagesD, ...Object.values(sumsD)],
    generator: [imagesG, ...Object.values(sumsG)],
    labels: [...labelCounts],
    masks: masks.sums(),
  });

  return {
    discriminator(results, labels, weights) {
      const count = sum(weights);
      imagesD += count;
      sumsD.LD += results["LD"]![0]! * count;
      for (const name of ["Gm", "Rm"] as const) {
        sumsD[name] += countRight(results[`probabilities${name}`]!, labels, weights);
      }
      for (const [i, label] of labels.entries()) labelCounts[label]! += weights[i]!;
    },
    generator(results, weights) {
      const count = sum(weights);
      imagesG += count;
      for (const name of ["LG", "variance", "area"] as const) {
        sumsG[name] += results[name]![0]! * count;
      }
      masks.add(results["Mp"]!, weights);
    },
    statistics: () => ({
      LD: sumsD.LD / imagesD,
      LG: sumsG.LG / imagesG,
      variance: sumsG.variance / imagesG,
      area: sumsG.area / imagesG,
      accuracyGm: sumsD.Gm / imagesD,
      accuracyRm: sumsD.Rm / imagesD,
      labelEntropy: entropy(labelCounts),
      masks: masks.result(),
    }),
    sums,
    resume(given) {
      for (const [name, { length }] of Object.entries(sums())) {
        const got = given[name]?.length;
        if (got !== length) {
          throw new WeightsError(
            `sums of a mask generator's epoch: expected ${length} of ${name}, got ${got ?? "none"}`,
          );
        }
      }
      const { discriminator, generator, labels, masks: ofMasks } = given;
      [imagesD, sumsD.LD, sumsD.Gm, sumsD.Rm] = discriminator as Four;
      [imagesG, sumsG.LG, sumsG.variance, sumsG.area] = generator as Four;
      labelCounts.set(labels!);
      masks.resume(ofMasks!);
    },
  };
}

type Four = [number, number, number, number];

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
