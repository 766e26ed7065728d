/**
 * @file What a training step is fed besides its learning rate: the images of a batch, mixed if the run mixes; labels or
 * soft targets; factors of stochastic depth and dropout. What is drawn depends on seed, epoch and batch alone.
 */
import { nn, random } from "@mvt/core";
import type { Feeds } from "@mvt/core";
import { drawMix, mixImages, partnerOf, rowShowing } from "@mvt/datasets";
import type { Batch, Mix } from "@mvt/datasets";
import type { ClassifierConfig } from "../settings/run-config.ts";
import { takesSoftTargets } from "./regularisation.ts";

/** Which batch of a run it is. */
export interface BatchPlace {
  /** From 1. */
  readonly epoch: number;
  /** From 0, within the epoch. */
  readonly batch: number;
}

export interface StepInputs {
  /** @param labels [B] the label of each row of the batch, as it is now */
  feedsOf(batch: Batch, labels: Int32Array, place: BatchPlace): Feeds;
  /**
   * [samples, K] of the step's probabilities [B, K] those of the row that shows most of each sample. Where λ of a mixed
   * batch is below a half, it is the row of the sample's partner.
   */
  bySample(probabilities: Float32Array, samples: number, place: BatchPlace): Float32Array;
}

/** @param classWeights [K] what a sample of each class counts in the loss; all alike if absent */
export function createStepInputs(
  { model, training, seed }: Pick<ClassifierConfig, "model" | "training" | "seed">,
  classWeights?: Float32Array,
): StepInputs {
  const { imageSize: size, classes: K, depth, width } = model;
  const { labelSmoothing, mixup, dropPath = 0, dropout = 0, batchSize: B } = training;
  const streamOf = (what: string, { epoch, batch }: BatchPlace) =>
    random.stream(seed, `${what}/${epoch}/${batch}`);
  const mixOf = (place: BatchPlace) => mixup && drawMix(mixup, size, streamOf("mixup", place));
  const soft = takesSoftTargets(training);

  const targetsOf = ({ weights, count }: Batch, labels: Int32Array, mix: Mix | undefined) =>
    nn.softTargets(
      {
        labels,
        weights,
        mixed: mix && {
          labels: labels.map((label, i) => (i < count ? labels[partnerOf(i, count)]! : label)),
          lambda: mix.share,
        },
      },
      { classes: K, labelSmoothing, classWeights },
    );

  return {
    feedsOf(batch, labels, place) {
      const mix = mixOf(place);
      const { images, weights, count } = batch;
      return {
        images: mix ? mixImages(images, { size, count }, mix) : images,
        ...(soft ? targetsOf(batch, labels, mix) : { labels, weights }),
        ...(dropPath > 0 && {
          pathFactors: nn.drawPathFactors(
            { rate: dropPath, depth, samples: B },
            streamOf("drop path", place),
          ),
        }),
        ...(dropout > 0 && {
          featureFactors: nn.drawDropoutFactors(
            { rate: dropout, count: B * width },
            streamOf("dropout", place),
          ),
        }),
      };
    },
    bySample(probabilities, samples, place) {
      const rows = probabilities.subarray(0, samples * K);
      const mix = mixOf(place);
      if (mix === undefined) return rows;
      return Float32Array.from(rows, (_, at) => {
        const i = Math.floor(at / K);
        return rows[rowShowing(i, samples, mix) * K + (at % K)]!;
      });
    },
  };
}
