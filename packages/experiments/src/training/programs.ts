/** @file The programs of a classifier: a training step, and predictions for a batch. */
import { UserError } from "@mvt/common";
import {
  declareNetwork,
  deit,
  divideBatch,
  inHalfPrecision,
  nn,
  ops,
  traceNetwork,
} from "@mvt/core";
import type { Backend, ExplanationName, NetworkConfig, Program, Tensor, Weights } from "@mvt/core";
import {
  declareScopedGenerator,
  frozen,
  generatorScope,
  intoScope,
  maskedClassifierInput,
} from "@mvt/mgn";
import type { MaskForm, MaskGenerator, MgnFile } from "@mvt/mgn";
import { backendOfEngine, deviceOf } from "../engine/engine.ts";
import type { FineTuning } from "../settings/fine-tuning.ts";
import type { RunConfig } from "../settings/run-config.ts";
import type { TrainingConfig } from "../settings/training.ts";
import { minimizeWith } from "./optimizer.ts";
import type { OptimizerOptions } from "./optimizer.ts";
import { dropInputs, lossOf } from "./regularisation.ts";
import type { Regularisation } from "./regularisation.ts";

/** Of matrix products and the activations between them. */
export type Precision = NonNullable<TrainingConfig["precision"]>;

/** In which precision a run computes its matrix products. Mask generators train in float32. */
export function precisionOf({ training }: Pick<RunConfig, "training">): Precision {
  return ("precision" in training ? training.precision : undefined) ?? "float32";
}

/** Throws UserError where the engine does not compute in the precision of one of these runs. */
export async function requirePrecision(
  backend: Backend,
  configs: readonly Pick<RunConfig, "training">[],
): Promise<void> {
  if (configs.every((config) => precisionOf(config) === "float32")) return;
  if (await backend.computesFloat16?.()) return;
  const instead =
    backendOfEngine(backend) === "onnx" ? "--device webgpu" : "--backend onnx --device webgpu";
  const wanted = "precision=float16: expected a GPU with 16-bit floats (WebGPU's shader-f16)";
  throw new UserError(
    backend.device === "webgpu"
      ? `${wanted}, got ${deviceOf(backend)}, which has none. Train without --set precision=float16.`
      : `${wanted}, got ${backend.name} on ${deviceOf(backend)}. Add ${instead}, or train without --set precision=float16.`,
  );
}

export interface Classifier {
  readonly vit: deit.Vit;
  readonly parameters: readonly nn.Declaration[];
  /** What masks its input; its weights never change. */
  readonly masking?: Masking;
  /** Whether it predicts the mean of the probabilities of an image and of its mirror image. Default false. */
  readonly testFlip?: boolean;
}

interface Masking {
  readonly generator: nn.Declared<MaskGenerator>;
  readonly weights: Weights;
  readonly options: Pick<MgnFile, "polarity" | "space"> & { readonly form: MaskForm };
}

/** A classifier of whole images, or of images masked by a frozen generator. */
export function declareClassifier(
  model: NetworkConfig,
  mgn?: { readonly file: MgnFile; readonly form: MaskForm },
  { testFlip }: Pick<FineTuning, "testFlip"> = {},
): Classifier {
  const { model: vit, parameters } = nn.declareParameters((scope) => declareNetwork(scope, model));
  if (mgn === undefined) return { vit, parameters, testFlip };
  const { config, weights, polarity, space } = mgn.file;
  const masking: Masking = {
    generator: declareScopedGenerator(config),
    weights: intoScope(generatorScope, weights),
    options: { polarity, space, form: mgn.form },
  };
  return { vit, parameters, masking, testFlip };
}

/**
 * Images [B, S, S, 3] of bytes, or of their values as float32, to logits [B, K], and the mask [B, N] as it was applied, if
 * there is one.
 *
 * @param drop what training multiplies by
 */
export function classifyBytes(
  { vit, masking }: Classifier,
  images: Tensor,
  drop?: deit.DropFactors,
): ClassifierOutput {
  if (masking) {
    const { model } = masking.generator;
    const { patches, Mp } = maskedClassifierInput(model, images, masking.options);
    return { ...traceNetwork(vit, patches, drop), mask: Mp };
  }
  const pixels = deit.toPixels(deit.patchify(images, vit.config.patchSize));
  return traceNetwork(vit, deit.normalizePixels(pixels), drop);
}

/** The same output with matrix products in the given precision; logits and mask stay float32. */
function inPrecision(output: ClassifierOutput, precision: Precision): ClassifierOutput {
  if (precision === "float32") return output;
  const { blockInputs = [], mask } = output;
  const [logits, ...others] = inHalfPrecision([
    output.logits,
    ...blockInputs,
    ...(mask ? [mask] : []),
  ]);
  return {
    logits: logits!,
    blockInputs: others.slice(0, blockInputs.length),
    mask: mask && others.at(-1),
  };
}

/** The tensors that a classifier computes from images. */
export interface ClassifierOutput {
  readonly logits: Tensor;
  /** The input of every block, between which activations can be recomputed. */
  readonly blockInputs?: readonly Tensor[];
  readonly mask?: Tensor;
  /** The attention of every block, and what goes into the head [B, D], as far as they were traced. */
  readonly attention?: readonly Tensor[];
  readonly features?: Tensor;
}

/**
 * Probabilities [B, K] of `images`, and the mask [B, N] where there is one: a program that never trains. `outputOf` computes
 * the output for the images, or for their mirror images; the mask is that of the images themselves.
 *
 * @param also explanations [B, N] beside them, each under its name, of the images themselves, which need their attention; and
 * what goes into the head for them, features [B, D]
 */
export function predictionProgram(
  { vit, parameters, masking, testFlip = false }: Classifier,
  images: Tensor,
  outputOf: (mirrored: boolean) => ClassifierOutput,
  also: { readonly explain?: readonly ExplanationName[]; readonly features?: boolean } = {},
): Program {
  const { logits, mask, features, attention = [] } = outputOf(false);
  const own = ops.softmax(logits);
  const probabilities = testFlip
    ? ops.mul(ops.add(own, ops.softmax(outputOf(true).logits)), 0.5)
    : own;
  const explained = (also.explain ?? []).map((name) => [
    name,
    deit.explanations[name](vit, { logits, attention }),
  ]);
  return {
    inputs: [images],
    outputs: {
      probabilities,
      ...(mask && { mask }),
      ...Object.fromEntries(explained),
      ...(also.features === true && features && { features }),
    },
    state: frozen([...parameters, ...(masking?.generator.parameters ?? [])]),
  };
}

/** The classifier's state together with the weights of its frozen generator. */
export function withFrozen({ masking }: Classifier, weights: Weights): Weights {
  return masking ? new Map([...weights, ...masking.weights]) : weights;
}

export interface TrainingOptions extends OptimizerOptions, Regularisation {
  readonly batchSize: number;
  /** The number of micro-batches; it divides the batch. Default 1. */
  readonly microBatches?: number;
  /** Compute the activations of a block again for its gradients rather than keep them. Default false. */
  readonly recompute?: boolean;
  /** Of matrix products and the activations between them. Default float32. */
  readonly precision?: Precision;
  /** [K] what training adds to the logits, of a loss that does. */
  readonly logPrior?: Float32Array;
}

/**
 * Feeds: images, labels, weights, learningRate, step. Results: loss [], probabilities [B, K].
 *
 * With label smoothing, mixup or a loss that goes by classes it takes `targets` [B, K] in place of labels, and the weights
 * that belong to them (`nn.softTargets`); with stochastic depth also `pathFactors` [B, 2 depth], with dropout
 * `featureFactors` [B, D]. `createStepInputs` makes all of them.
 */
export function trainingProgram(
  classifier: Classifier,
  {
    batchSize,
    microBatches = 1,
    recompute = false,
    precision = "float32",
    ...options
  }: TrainingOptions,
): Program {
  const S = classifier.vit.config.imageSize;
  const batch = divideBatch(batchSize, microBatches);
  const images = ops.input("images", [batch.size, S, S, 3], "uint8");
  const drop = dropInputs(options, classifier.vit.config, batch.size);
  const output = classifyBytes(classifier, images, drop);
  const { logits, blockInputs } = inPrecision(output, precision);
  const { loss, target } = lossOf(logits, batch, options);
  const samples = [images, target, batch.weights, ...Object.values(drop)];
  const program: Program = {
    inputs: samples,
    outputs: { loss, probabilities: ops.softmax(logits) },
    state: frozen(classifier.masking?.generator.parameters ?? []),
    microBatches: batch.microBatches(samples, ["loss"]),
  };
  return minimizeWith(options, program, {
    loss,
    parameters: classifier.parameters.map(({ tensor }) => tensor),
    depth: classifier.vit.config.depth,
    lossScaling: precision === "float16" ? {} : undefined,
    recomputeBetween: recompute ? blockInputs : undefined,
  });
}

/**
 * Feeds: images. Results: probabilities [B, K], and mask [B, N] of a classifier with masks.
 *
 * @param also whether what goes into the head is a result as well: features [B, D], in float32
 */
export function evaluationProgram(
  classifier: Classifier,
  batchSize: number,
  microBatches = 1,
  precision: Precision = "float32",
  also: { readonly features?: boolean } = {},
): Program {
  const S = classifier.vit.config.imageSize;
  const size = batchSize / microBatches;
  const images = ops.input("images", [size, S, S, 3], "uint8");
  // Micro-batches have the size that is best for gradients. Without them, half as many activations are faster.
  const halves =
    microBatches > 1 && size % 2 === 0 ? ops.split(images, 0, [size / 2, size / 2]) : [images];
  const { patchSize } = classifier.vit.config;
  const program = predictionProgram(
    classifier,
    images,
    (mirrored) => {
      const seen = mirrored ? halves.map((half) => deit.mirror(half, patchSize)) : halves;
      return joined(seen.map((half) => inPrecision(classifyBytes(classifier, half), precision)));
    },
    also,
  );
  return microBatches === 1
    ? program
    : { ...program, microBatches: { count: microBatches, samples: [images] } };
}

/** The outputs for slices of a batch as one. */
function joined(outputs: readonly ClassifierOutput[]): ClassifierOutput {
  const masks = outputs.flatMap(({ mask }) => mask ?? []);
  const features = outputs.flatMap((output) => output.features ?? []);
  return {
    logits: ops.concat(
      outputs.map(({ logits }) => logits),
      0,
    ),
    mask: masks.length === 0 ? undefined : ops.concat(masks, 0),
    features: features.length === 0 ? undefined : ops.concat(features, 0),
  };
}
