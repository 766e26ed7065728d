/** @file How fast a model answers: one picture at a time, and many; several engines in turn. */
import { setTimeout } from "node:timers/promises";
import {
  describeModel,
  encodePortable,
  loadMvt,
  nn,
  portableOpset,
  withMetadata,
  preprocessingOf,
} from "@mvt/core";
import type { deit, Mvt, DecodedImage } from "@mvt/core";
import { exportProgram } from "../export/export-program.ts";
import { declareClassifier } from "../training/programs.ts";
import { median } from "./median.ts";

/** An engine with its model: answers so many pictures of the model's size at once, and says in how many seconds. */
export type Predictor = (pictures: number) => Promise<number>;

export interface PredictionTimes {
  /** Seconds from a decoded picture to its answer: median, fastest and slowest. */
  readonly latency: { readonly median: number; readonly least: number; readonly most: number };
  /** Pictures per second, many at once. */
  readonly throughput: number;
}

/** Single pictures that are timed, after a few that fill caches and memory pools. */
const singles = 20;
const warmUp = 3;

/** Pictures at once, as in `predictAll`. */
const atOnce = 32;

/** Milliseconds before every turn, in which the threads of the engine before fall asleep. */
const pause = 50;

/**
 * The times of each predictor, for single pictures and for `images` in batches of 32. They take turns, so
 * that whatever else the machine does meets all of them alike.
 */
export async function timePredictions(
  predictors: readonly Predictor[],
  images: number,
): Promise<readonly PredictionTimes[]> {
  const inTurn = async (sizes: readonly number[]) => {
    const seconds = predictors.map((): number[] => []);
    for (const size of sizes) {
      for (const [i, predictor] of predictors.entries()) {
        await setTimeout(pause);
        seconds[i]!.push(await predictor(size));
      }
    }
    return seconds;
  };
  await inTurn(Array.from({ length: warmUp }, () => 1));
  const single = await inTurn(Array.from({ length: singles }, () => 1));
  await inTurn([Math.min(atOnce, images)]); // the first large batch allocates
  const batches = Array.from({ length: Math.ceil(images / atOnce) }, (_, i) =>
    Math.min(atOnce, images - i * atOnce),
  );
  const many = await inTurn(batches);
  return predictors.map((_, i) => ({
    latency: {
      median: median(single[i]!),
      least: Math.min(...single[i]!),
      most: Math.max(...single[i]!),
    },
    throughput: images / many[i]!.reduce((sum, seconds) => sum + seconds, 0),
  }));
}

/** Pictures have the model's own size already: decoding and resizing are not timed. */
export function predictorOf(mvt: Mvt): Predictor {
  const { imageSize } = mvt.description.preprocessing;
  const pictures = Array.from({ length: atOnce }, (_, i) => noise(imageSize, i));
  return async (count) => {
    const start = performance.now();
    await mvt.predictAll(pictures.slice(0, count));
    return (performance.now() - start) / 1000;
  };
}

/** An exported model of this size that nothing has trained; it takes as long as one that is. */
export async function untrainedModel(
  model: deit.VitConfig,
  options: { readonly threads: number },
): Promise<Mvt> {
  const classifier = declareClassifier(model);
  const graph = encodePortable({
    program: (batchSize) => exportProgram(classifier, "bytes", batchSize),
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
