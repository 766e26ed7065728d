/** @file Training DeiT as users of TensorFlow.js do it: tf.variableGrads, tf.train.adam, and tf.tidy around a step. */
import { decaysMatrices } from "@mvt/core";
import type { AdamWOptions, deit, nn, Weights } from "@mvt/core";
import type { Tf } from "@mvt/core/tfjs";
import type { Scalar, Variable } from "@tensorflow/tfjs-core";
import { createVit, transposedWeight } from "./plain-tfjs-model.ts";

export interface PlainTfjsTraining {
  /** By timm's names, transposed by `transposedWeight`. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** The mean cross-entropy of images [B, S, S, 3] with labels [B]. */
  loss(images: Uint8Array, labels: Int32Array): Scalar;
  /** Forward, backward and AdamW. Returns the loss before the update. */
  step(images: Uint8Array, labels: Int32Array): number;
  dispose(): void;
}

export interface PlainTfjsOptions {
  readonly parameters: readonly nn.Declaration[];
  readonly weights: Weights;
  readonly learningRate: number;
  /** What AdamW can do here. TensorFlow.js has neither clipping nor recomputation. */
  readonly adamw?: Pick<AdamWOptions, "betas" | "epsilon" | "weightDecay">;
}

/**
 * Declares the variables and the step. TensorFlow.js has Adam but no AdamW: an assignment to each weight matrix does
 * the weight decay before Adam's update, which takes too little time to measure. Names of variables must be unique in
 * TensorFlow.js: call `dispose` before another training begins in this thread.
 */
export function createPlainTfjsTraining(
  tf: Tf,
  model: deit.VitConfig,
  { parameters, weights, learningRate, adamw = {} }: PlainTfjsOptions,
): PlainTfjsTraining {
  const { betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0.01 } = adamw;
  const variables = new Map(
    [...weights].map(([name, weight]) => {
      return [name, tf.tidy(() => tf.variable(transposedWeight(tf, weight), true, name))] as const;
    }),
  );
  const trained = [...variables.values()];
  const decaying = parameters
    .filter(({ name, tensor }) => decaysMatrices(name, tensor))
    .map(({ name }) => variables.get(name)!);
  const vit = createVit(tf, model, (name) => variables.get(name)!);
  const optimizer = tf.train.adam(learningRate, ...betas, epsilon);
  const { imageSize: S, classes } = model;

  const loss = (images: Uint8Array, labels: Int32Array): Scalar =>
    tf.tidy(() => {
      const x = tf.tensor4d(images, [labels.length, S, S, 3], "int32");
      const oneHot = tf.oneHot(tf.tensor1d(labels, "int32"), classes);
      return tf.losses.softmaxCrossEntropy(oneHot, vit(x));
    });

  return {
    variables,
    loss,
    step: (images, labels) =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => loss(images, labels), trained);
        for (const w of decaying) w.assign(tf.mul(w, 1 - learningRate * weightDecay));
        optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
        return value.dataSync()[0]!; // waits for the result
      }),
    dispose() {
      optimizer.dispose();
      tf.dispose(trained);
    },
  };
}
