/**
 * @file The training programs of MGN's two sides, generator and discriminator, and a program that makes masks.
 *
 * Each training program changes one side and keeps the other frozen: frozen parameters are state without a next
 * value. The discriminator's program takes no gradient with respect to the generator, so M_p is a constant in it.
 */
import { adamw, deit, divideBatch, minimize, ops, traceNetwork } from "@mvt/core";
import type { nn, Optimizer, Program, Tensor } from "@mvt/core";
import type { MaskGenerator } from "./generator.ts";
import { discriminatorLoss, generatorLoss, type GeneratorLossOptions } from "./losses.ts";
import { generatedMask, maskedPatches, type MaskOptions } from "./masks.ts";
import { frozen, type Mgn } from "./mgn.ts";

export interface MgnProgramOptions extends MaskOptions {
  /** B */
  readonly batchSize: number;
  /** The number of micro-batches; it divides B. Default 1. More than 1 need `areaOf: "image"`. */
  readonly microBatches?: number;
  /** Default: AdamW with its own defaults. */
  readonly optimizer?: Optimizer;
}

/**
 * How many networks an image goes through in a step, by the side that is trained: the generator, and the discriminator under
 * G_m and R_m; the generator, and the discriminator under G_m.
 */
export const passesPerImage = { discriminator: 3, generator: 2 } as const;

/**
 * A step of the discriminator on Eq. 1. Feeds: images, labels, weights, randomMask [B, N] (as from
 * `randomMask`; its values mean what those of M_p mean, so under polarity "keep" 1 hides a patch), learningRate, step.
 * Results: LD, crossEntropyGm, crossEntropyRm [], probabilitiesGm, probabilitiesRm [B, K], Mp [B, N].
 */
export function discriminatorProgram(
  { generator, discriminator }: Mgn,
  { batchSize, microBatches, optimizer = adamw(), ...masking }: MgnProgramOptions,
): Program {
  const batch = divideBatch(batchSize, microBatches);
  const { size: B, weights, batchWeights } = batch;
  const images = imagesInput(generator.model, B);
  const labels = ops.input("labels", [B], "int32");
  const Mr = ops.input("randomMask", [B, deit.patchCount(generator.model.config)]);
  const { pixels, Mp } = generatedMask(generator.model, images, masking);
  const gm = maskedPatches(pixels, Mp, "training", masking);
  const rm = maskedPatches(pixels, Mr, "training", masking);
  const { logits } = traceNetwork(discriminator.model, ops.concat([gm, rm], 0)); // [2B, K]
  const [logitsGm, logitsRm] = ops.split(logits, 0, [B, B]) as [Tensor, Tensor];
  const losses = discriminatorLoss(logitsGm, logitsRm, labels, weights, batchWeights);
  const samples = [images, labels, weights, Mr];
  const program: Program = {
    inputs: samples,
    outputs: {
      ...losses,
      probabilitiesGm: ops.softmax(logitsGm),
      probabilitiesRm: ops.softmax(logitsRm),
      Mp,
    },
    state: frozen(generator.parameters),
    microBatches: batch.microBatches(samples, Object.keys(losses)),
  };
  return minimize(program, {
    loss: losses.LD,
    parameters: tensorsOf(discriminator),
    optimizer,
  });
}

/**
 * A step of the generator on Eq. 2. Feeds: images, weights, learningRate, step.
 * Results: LG, variance, area [], probabilitiesGm [B, K], Mp [B, N].
 */
export function generatorProgram(
  { generator, discriminator }: Mgn,
  {
    batchSize,
    microBatches,
    optimizer = adamw(),
    loss,
    ...masking
  }: MgnProgramOptions & { readonly loss?: GeneratorLossOptions },
): Program {
  const batch = divideBatch(batchSize, microBatches);
  const { weights, batchWeights } = batch;
  const images = imagesInput(generator.model, batch.size);
  const { pixels, Mp } = generatedMask(generator.model, images, masking);
  const gm = maskedPatches(pixels, Mp, "training", masking);
  const { logits: logitsGm } = traceNetwork(discriminator.model, gm); // [B, K]
  const { m } = generator.model.config;
  const losses = generatorLoss(logitsGm, Mp, m, weights, loss, batchWeights);
  const samples = [images, weights];
  const program: Program = {
    inputs: samples,
    outputs: { ...losses, probabilitiesGm: ops.softmax(logitsGm), Mp },
    state: frozen(discriminator.parameters),
    microBatches: batch.microBatches(samples, Object.keys(losses)),
  };
  return minimize(program, { loss: losses.LG, parameters: tensorsOf(generator), optimizer });
}

/** Masks without training. Feeds: images. Results: Mp [B, N]. */
export function maskProgram(
  generator: nn.Declared<MaskGenerator>,
  { batchSize, ...masking }: MaskOptions & { readonly batchSize: number },
): Program {
  const images = imagesInput(generator.model, batchSize);
  const { Mp } = generatedMask(generator.model, images, masking);
  return { inputs: [images], outputs: { Mp }, state: frozen(generator.parameters) };
}

function imagesInput({ config: { imageSize: S } }: MaskGenerator, B: number): Tensor {
  return ops.input("images", [B, S, S, 3], "uint8");
}

function tensorsOf({ parameters }: Pick<nn.Declared<unknown>, "parameters">): readonly Tensor[] {
  return parameters.map(({ tensor }) => tensor);
}
