/** @file The time that predictions take: latency of one image, throughput of many, of several engines. */
import { setTimeout } from "node:timers/promises";
import { sum } from "@mvt/common";
import { describeModel, loadMvt, nn, preprocessingOf } from "@mvt/core";
import { encodePortable, portableOpset, withMetadata } from "@mvt/core/portable";
import type { deit, Mvt, DecodedImage } from "@mvt/core";
import { declareClassifier, exportProgram } from "@mvt/experiments";
import { median } from "simple-statistics";

/** Predicts so many images of the model's size in one call. Returns the seconds that it took. */
export type Predictor = (images: number) => Promise<number>;

export interface PredictionTimes {
  /** Seconds from a decoded image to its prediction: median, fastest and slowest. */
  readonly latency: { readonly median: number; readonly least: number; readonly most: number };
  /** Images per second, of batches. */
  readonly throughput: number;
}

/** Single images that are timed, after some that fill caches and memory pools. */
const timedSingles = 20;
const warmUp = 3;

/** Images in one call, as in `predictAll`. */
const batchSize = 32;

/** Milliseconds before every call, in which the threads of the previous engine fall asleep. */
const pause = 50;

/**
 * Times each predictor on single images, and on `images` in batches of 32. Their calls alternate, so that
 * whatever else the machine does slows all of them down alike.
 */
export async function timePredictions(
  predictors: readonly Predictor[],
  images: number,
): Promise<readonly PredictionTimes[]> {
  const interleaved = async (sizes: readonly number[]) => {
    const seconds = predictors.map((): number[] => []);
    for (const size of sizes) {
      for (const [i, predictor] of predictors.entries()) {
        await setTimeout(pause);
        seconds[i]!.push(await predictor(size));
      }
    }
    return seconds;
  };
  await interleaved(Array.from({ length: warmUp }, () => 1));
  const singles = await interleaved(Array.from({ length: timedSingles }, () => 1));
  await interleaved([Math.min(batchSize, images)]); // the first large batch allocates memory
  const batches = await interleaved(
    Array.from({ length: Math.ceil(images / batchSize) }, (_, i) =>
      Math.min(batchSize, images - i * batchSize),
    ),
  );
  return predictors.map((_, i) => ({
    latency: {
      median: median(singles[i]!),
      least: Math.min(...singles[i]!),
      most: Math.max(...singles[i]!),
    },
    throughput: images / sum(batches[i]!),
  }));
}

/** A model as a predictor. Its images have the model's own size already: decoding and resizing are not timed. */
export function predictorOf(mvt: Mvt): Predictor {
  const { imageSize } = mvt.description.preprocessing;
  const images = Array.from({ length: batchSize }, (_, i) => noise(imageSize, i));
  return async (count) => {
    const start = performance.now();
    await mvt.predictAll(images.slice(0, count));
    return (performance.now() - start) / 1000;
  };
}

/** An exported model of this size with untrained weights. It takes as long as a trained one. */
export async function untrainedModel(
  model: deit.VitConfig,
  options: { readonly threads: number },
): Promise<Mvt> {
  const classifier = declareClassifier(model);
  const graph = encodePortable({
    program: (B) => exportProgram(classifier, "bytes", B),
    weights: nn.initialWeights(classifier.parameters, 0),
  });
  const description = describeModel({
    input: "bytes",
    classes: Array.from({ length: model.classes }, (_, k) => `class ${k}`),
    preprocessing: preprocessingOf(model),
    precision: "float32",
    about: { title: "untrained", opset: portableOpset, model },
  });
  return loadMvt(withMetadata(graph, description), options);
}

function noise(size: number, seed: number): DecodedImage {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, i) => ((i + seed) * 97) % 251);
  return { width: size, height: size, channels: 3, data };
}
