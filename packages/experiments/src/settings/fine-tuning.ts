/**
 * @file Options of fine-tuning that the paper does not use: how the optimiser steps, which weights are evaluated, and when
 * training ends. Each is off if absent; docs/guides/training-recipes.md has their sources.
 */
import { CommandLineError } from "@mvt/common";
import { z } from "zod";

/** Fields of a training configuration. */
export const fineTuning = {
  /**
   * The learning rate of a layer is that of the next one, towards the head, times this: `layerDecay` of @mvt/core, as
   * timm's `param_groups_layer_decay`; arXiv:2106.08254.
   */
  layerDecay: z.number().positive().max(1).exactOptional(),
  /**
   * A moving average of the weights, e <- d e + (1 - d) p after every step, which is validated, tested and exported in
   * their place: `withAverage` of @mvt/core, as timm's `ModelEmaV3`.
   */
  ema: z.strictObject({ /** d */ decay: z.number().min(0).lt(1) }).exactOptional(),
  /** Sharpness-aware minimisation, arXiv:2010.01412, or its adaptive form, arXiv:2102.11600: `sharpnessAware` of @mvt/core. */
  sam: z
    .strictObject({
      rho: z.number().positive(),
      adaptive: z.boolean().exactOptional(),
    })
    .exactOptional(),
  /** Training ends after so many epochs in a row whose validation accuracy is no better. */
  earlyStopping: z
    .strictObject({
      patience: z.int().positive(),
      /** Accuracies, in [0, 1], must be better by more than this; 0 if absent. */
      minDelta: z.number().min(0).lt(1).exactOptional(),
    })
    .exactOptional(),
  /** Predict the mean of an image's probabilities and of those of its mirror image; false if absent. */
  testFlip: z.boolean().exactOptional(),
};

const fineTuningConfig = z.object(fineTuning);
export type FineTuning = Readonly<z.infer<typeof fineTuningConfig>>;

/** Throws CommandLineError for options that exclude each other. */
export function requireFineTuning({
  sam,
  precision,
}: FineTuning & { readonly precision?: string | undefined }): void {
  if (sam === undefined || precision !== "float16") return;
  throw new CommandLineError(
    "--set sam.rho: expected precision=float32, got float16, whose refused steps would leave the two passes of a batch at different weights. Leave out one of the two.",
  );
}
