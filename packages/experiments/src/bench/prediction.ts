/** @file How fast an exported model answers: one picture at a time, and many. */
import {
  describeModel,
  encodePortable,
  loadMvt,
  nn,
  portableOpset,
  withMetadata,
  preprocessingOf,
} from "@mvt/core";
import type { deit, Mvt, Picture } from "@mvt/core";
import { exportProgram } from "../export/export-program.ts";
import { declareClassifier } from "../training/programs.ts";
import { median } from "./median.ts";

export interface PredictionTimes {
  /** Seconds from a decoded picture to its answer: median, fastest and slowest. */
  readonly latency: { readonly median: number; readonly least: number; readonly most: number };
  /** Pictures per second, many at once. */
  readonly throughput: number;
  readonly images: number;
}

/** Single pictures that are timed, after a few that fill caches and memory pools. */
const singles = 20;
const warmUp = 3;

/** Pictures have the model's own size already: decoding and resizing are not timed. */
export async function timePrediction(mvt: Mvt, images: number): Promise<PredictionTimes> {
  const { imageSize } = mvt.description.preprocessing;
  const pictures = Array.from({ length: images }, (_, i) => noise(imageSize, i));
  for (let i = 0; i < warmUp; i += 1) await mvt.predict(pictures[0]!);
  const seconds: number[] = [];
  for (let i = 0; i < singles; i += 1) {
    const start = performance.now();
    await mvt.predict(pictures[i % images]!);
    seconds.push((performance.now() - start) / 1000);
  }
  await mvt.predictAll(pictures.slice(0, 32)); // the first large batch allocates
  const start = performance.now();
  await mvt.predictAll(pictures);
  const total = (performance.now() - start) / 1000;
  return {
    latency: {
      median: median(seconds),
      least: Math.min(...seconds),
      most: Math.max(...seconds),
    },
    throughput: images / total,
    images,
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
    about: { title: "untrained", opset: portableOpset },
  });
  return loadMvt(withMetadata(graph, description), options);
}

function noise(size: number, seed: number): Picture {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, i) => ((i + seed) * 97) % 251);
  return { width: size, height: size, channels: 3, data };
}
