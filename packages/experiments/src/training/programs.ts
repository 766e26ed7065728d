/** @file The programs of a classifier: one training step, and one batch of answers. */
import { adamw, deit, inHalfPrecision, nn, ops } from "@mvt/core";
import type { AdamWOptions, Program, Tensor, Weights } from "@mvt/core";
import { declareScopedGenerator, frozen, generatorScope, intoScope } from "@mvt/mgn";
import { maskedClassifierInput } from "@mvt/mgn";
import type { MaskForm, MaskGenerator, MgnFile } from "@mvt/mgn";
import type { TrainingConfig } from "../config.ts";

/** Of matrix products and the activations between them. */
export type Precision = NonNullable<TrainingConfig["precision"]>;

export interface Classifier {
  readonly vit: deit.Vit;
  readonly parameters: readonly nn.Declaration[];
  /** What masks its input; its weights never change. */
  readonly masking?: Masking;
}

interface Masking {
  readonly generator: nn.Declared<MaskGenerator>;
  readonly weights: Weights;
  readonly options: Pick<MgnFile, "polarity" | "space"> & { readonly form: MaskForm };
}

/** A classifier of whole pictures, or of pictures masked by a frozen generator. */
export function declareClassifier(
  model: deit.VitConfig,
  mgn?: { readonly file: MgnFile; readonly form: MaskForm },
): Classifier {
  const { model: vit, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, model));
  if (mgn === undefined) return { vit, parameters };
  const { config, weights, polarity, space } = mgn.file;
  const masking: Masking = {
    generator: declareScopedGenerator(config),
    weights: intoScope(generatorScope, weights),
    options: { polarity, space, form: mgn.form },
  };
  return { vit, parameters, masking };
}

/** Image bytes [B, S, S, 3] to logits [B, K], and the mask [B, N] as it was applied, if there is one. */
export function answerBytes({ vit, masking }: Classifier, images: Tensor): Answer {
  if (masking) {
    const { model } = masking.generator;
    const { patches, Mp } = maskedClassifierInput(model, images, masking.options);
    return { ...deit.traceClassify(vit, patches), mask: Mp };
  }
  const pixels = deit.toPixels(deit.patchify(images, vit.config.patchSize));
  return deit.traceClassify(vit, deit.normalizePixels(pixels));
}

/** The same answer with matrix products in the given precision; logits and mask are float32 in either. */
function inPrecision(answer: Answer, precision: Precision): Answer {
  if (precision === "float32") return answer;
  const { blockInputs = [], mask } = answer;
  const [logits, ...others] = inHalfPrecision([
    answer.logits,
    ...blockInputs,
    ...(mask ? [mask] : []),
  ]);
  return {
    logits: logits!,
    blockInputs: others.slice(0, blockInputs.length),
    ...(mask ? { mask: others.at(-1)! } : {}),
  };
}

/** What a classifier makes of images, in the graph. */
export interface Answer {
  readonly logits: Tensor;
  /** What goes into every block, where it is told. */
  readonly blockInputs?: readonly Tensor[];
  readonly mask?: Tensor;
}

/** Probabilities [B, K] of `images`, and the mask [B, N] where there is one: a program that never trains. */
export function answerProgram(
  { parameters, masking }: Classifier,
  images: Tensor,
  { logits, mask }: Answer,
): Program {
  return {
    inputs: [images],
    outputs: { probabilities: ops.softmax(logits), ...(mask ? { mask } : {}) },
    state: frozen([...parameters, ...(masking?.generator.parameters ?? [])]),
  };
}

/** The classifier's state with its frozen generator's weights beside it. */
export function withFrozen({ masking }: Classifier, weights: Weights): Weights {
  return masking ? new Map([...weights, ...masking.weights]) : weights;
}

export interface TrainingOptions {
  readonly batchSize: number;
  readonly adamw: AdamWOptions;
  /** In how many parts the batch goes; they divide it. Default 1. */
  readonly parts?: number;
  /** Compute the activations of a block again for its gradients rather than keep them. Default false. */
  readonly recompute?: boolean;
  /** Of matrix products and the activations between them. Default float32. */
  readonly precision?: Precision;
}

/** Feeds: images, labels, weights, learningRate, step. Results: loss [], probabilities [B, K]. */
export function trainingProgram(
  classifier: Classifier,
  {
    batchSize,
    adamw: options,
    parts = 1,
    recompute = false,
    precision = "float32",
  }: TrainingOptions,
): Program {
  const S = classifier.vit.config.imageSize;
  const b = batchSize / parts;
  const images = ops.input("images", [b, S, S, 3], "uint8");
  const labels = ops.input("labels", [b], "int32");
  const weights = ops.input("weights", [b]);
  const batchWeights = parts === 1 ? weights : ops.input("batchWeights", [batchSize]);
  const { logits, blockInputs } = inPrecision(answerBytes(classifier, images), precision);
  const loss = nn.crossEntropy(logits, labels, weights, batchWeights);
  const recomputeBetween = recompute ? (blockInputs ?? []) : [];
  const tensors = classifier.parameters.map(({ tensor }) => tensor);
  return {
    inputs: [images, labels, weights],
    outputs: { loss, probabilities: ops.softmax(logits) },
    state: frozen(classifier.masking?.generator.parameters ?? []),
    update: adamw(loss, tensors, {
      ...options,
      recomputeBetween,
      ...(precision === "float16" ? { lossScaling: {} } : {}),
    }),
    ...(parts === 1
      ? {}
      : {
          microBatches: {
            count: parts,
            samples: [images, labels, weights],
            whole: [{ input: batchWeights, of: weights }],
            sums: ["loss"],
          },
        }),
  };
}

/** Feeds: images. Results: probabilities [B, K], and mask [B, N] of a classifier with masks. */
export function evaluationProgram(
  classifier: Classifier,
  batchSize: number,
  parts = 1,
  precision: Precision = "float32",
): Program {
  const S = classifier.vit.config.imageSize;
  const part = batchSize / parts;
  const images = ops.input("images", [part, S, S, 3], "uint8");
  // A part is as large as gradients want it. Without any, half as many activations at a time are faster.
  const halves =
    parts > 1 && part % 2 === 0 ? ops.split(images, 0, [part / 2, part / 2]) : [images];
  const answers = halves.map((half) => inPrecision(answerBytes(classifier, half), precision));
  const program = answerProgram(classifier, images, joined(answers));
  return parts === 1 ? program : { ...program, microBatches: { count: parts, samples: [images] } };
}

/** Answers to pieces of a batch as one. */
function joined(answers: readonly Answer[]): Answer {
  const masks = answers.flatMap(({ mask }) => mask ?? []);
  return {
    logits: ops.concat(
      answers.map(({ logits }) => logits),
      0,
    ),
    ...(masks.length === 0 ? {} : { mask: ops.concat(masks, 0) }),
  };
}
