/** @file The program that is exported: a classifier and its mask generator, from bytes or from pixels. */
import { deit, ops, traceNetwork } from "@mvt/core";
import type { ExplanationName, ModelDescription, Program, Tensor } from "@mvt/core";
import { generateMask, maskedPatches, shapeMask } from "@mvt/mgn";
import { classifyBytes, predictionProgram } from "../training/programs.ts";
import type { ClassifierOutput, Classifier } from "../training/programs.ts";

export type ModelInput = ModelDescription["input"];

/**
 * Feeds: images, [B, S, S, 3] uint8 or normalised pixels [B, 3, S, S] float32. Results: probabilities
 * [B, K], and mask [B, N] of a classifier with masks.
 *
 * @param explain explanations [B, N] as further results, each under its name
 */
export function exportProgram(
  classifier: Classifier,
  input: ModelInput,
  batchSize: number,
  explain: readonly ExplanationName[] = [],
): Program {
  const { imageSize: S, patchSize } = classifier.vit.config;
  const planar = input === "pixels";
  const images = planar
    ? ops.input("images", [batchSize, 3, S, S])
    : ops.input("images", [batchSize, S, S, 3], "uint8");
  const classify = planar ? classifyPixels : classifyBytes;
  return predictionProgram(
    classifier,
    images,
    (mirrored) =>
      classify(classifier, mirrored ? deit.mirror(images, patchSize, { planar }) : images),
    { explain },
  );
}

/** As `classifyBytes`, of normalised pixels [B, 3, S, S]. Masks that multiply pixels see them as they were. */
function classifyPixels({ vit, masking }: Classifier, images: Tensor): ClassifierOutput {
  const patches = deit.patchifyPlanar(images, vit.config.patchSize); // [B, N, L]
  if (masking === undefined) return traceNetwork(vit, patches);
  const { generator, options } = masking;
  const mask = shapeMask(generateMask(generator.model, patches), options.form); // [B, N]
  const pixels = deit.denormalizePixels(patches);
  const masked = maskedPatches(pixels, mask, "inference", options);
  return { ...traceNetwork(vit, masked), mask };
}
