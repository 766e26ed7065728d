/** @file The programs of a classifier: one training step, and one batch of answers. */
import { adamw, deit, nn, ops } from "@mvt/core";
import type { AdamWOptions, Program, Tensor } from "@mvt/core";

export interface Classifier {
  readonly vit: deit.Vit;
  readonly parameters: readonly nn.Declaration[];
}

export function declareClassifier(model: deit.VitConfig): Classifier {
  const { model: vit, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, model));
  return { vit, parameters };
}

/** Image bytes [B, S, S, 3] to logits [B, K]. */
function logitsOf({ vit }: Classifier, images: Tensor): Tensor {
  const pixels = deit.toPixels(deit.patchify(images, vit.config.patchSize));
  return deit.classify(vit, deit.normalizePixels(pixels));
}

/** Feeds: images, labels, weights, learningRate, step. Results: loss [], probabilities [B, K]. */
export function trainingProgram(
  classifier: Classifier,
  { batchSize: B, adamw: options }: { readonly batchSize: number; readonly adamw: AdamWOptions },
): Program {
  const S = classifier.vit.config.imageSize;
  const images = ops.input("images", [B, S, S, 3], "uint8");
  const labels = ops.input("labels", [B], "int32");
  const weights = ops.input("weights", [B]);
  const logits = logitsOf(classifier, images);
  const loss = nn.crossEntropy(logits, labels, weights);
  const tensors = classifier.parameters.map(({ tensor }) => tensor);
  return {
    inputs: [images, labels, weights],
    outputs: { loss, probabilities: ops.softmax(logits) },
    state: [],
    update: adamw(loss, tensors, options),
  };
}

/** Feeds: images. Results: probabilities [B, K]. */
export function evaluationProgram(classifier: Classifier, batchSize: number): Program {
  const S = classifier.vit.config.imageSize;
  const images = ops.input("images", [batchSize, S, S, 3], "uint8");
  return {
    inputs: [images],
    outputs: { probabilities: ops.softmax(logitsOf(classifier, images)) },
    state: classifier.parameters.map(({ tensor }) => ({ input: tensor })),
  };
}
