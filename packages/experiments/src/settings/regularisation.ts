/**
 * @file Settings that regularise training or weigh its losses. All of them are off if absent, as in the paper; the guide
 * docs/guides/training-recipes.md says more about each.
 */
import { CommandLineError } from "@mvt/common";
import { nn } from "@mvt/core";
import type { MixOptions } from "@mvt/datasets";
import type { PredictionSource } from "@mvt/relabel";
import { z } from "zod";
import type { ClassifierConfig } from "./run-config.ts";

const probability = z.number().min(0).max(1);
/** A share that is dropped or taken away; all of it would leave nothing. */
const rate = z.number().min(0).lt(1);
const alpha = z.number().positive();

const mixup = z
  .strictObject({
    /** α of mixup. */
    alpha: alpha.exactOptional(),
    /** α of CutMix. */
    cutmixAlpha: alpha.exactOptional(),
    /** Of a batch to be mixed; 1 if absent. */
    probability: probability.exactOptional(),
    /** Of CutMix rather than mixup where both are on; 0.5 if absent. */
    switchProbability: probability.exactOptional(),
  })
  .refine((mix) => mix.alpha !== undefined || mix.cutmixAlpha !== undefined, {
    message: "expected mixup.alpha, mixup.cutmixAlpha or both, got neither",
  })
  .refine(
    (mix) =>
      mix.switchProbability === undefined ||
      mix.alpha === undefined ||
      mix.cutmixAlpha !== undefined,
    { message: "switchProbability expects mixup.cutmixAlpha beside mixup.alpha, got none" },
  )
  .refine((mix) => mix.switchProbability === undefined || mix.alpha !== undefined, {
    message: "switchProbability expects mixup.alpha beside mixup.cutmixAlpha, got none",
  }) satisfies z.ZodType<MixOptions>;

const loss = z
  .strictObject({
    kind: z.enum(nn.lossNames),
    /** β of class-balanced; `nn.defaultBeta` if absent. */
    beta: rate.exactOptional(),
  })
  .refine(({ kind, beta }) => beta === undefined || kind === "class-balanced", {
    message: "beta expects loss.kind=class-balanced, got another kind, which has none",
  });

/** Fields of a classifier's training configuration. */
export const regularisation = {
  /** ε of label smoothing. Szegedy et al., CVPR 2016, arXiv:1512.00567. */
  labelSmoothing: rate.exactOptional(),
  /** mixup and CutMix; `MixOptions` of @mvt/datasets says what they are. */
  mixup: mixup.exactOptional(),
  /** The rate of stochastic depth in the last block, from 0 in the first. Huang et al., ECCV 2016, arXiv:1603.09382. */
  dropPath: rate.exactOptional(),
  /** The share of the features before the head that dropout takes away. */
  dropout: rate.exactOptional(),
  /** What the loss does about classes of different size: `nn.lossKinds` says what each is. */
  loss: loss.exactOptional(),
};

/**
 * Throws CommandLineError for settings of a classifier that contradict each other: relabelling on predictions of mixed
 * images, which have no label of their own, and a loss that makes up for classes of different size although the sampler
 * already does.
 */
export function requireCompatible({
  training,
  relabel,
}: Pick<ClassifierConfig, "training"> & {
  readonly relabel?: { readonly predictions?: PredictionSource };
}): void {
  const { mixup: mix, loss: { kind } = { kind: "cross-entropy" }, sampler } = training;
  const predictions = relabel && (relabel.predictions ?? "step");
  if (mix !== undefined && predictions !== undefined && predictions !== "pass") {
    throw new CommandLineError(
      `mixup: expected relabelling on predictions of a pass over the images as they are, got --predictions ${predictions}, which are of mixed images`,
      { advice: "Add --predictions pass, or train without mixup." },
    );
  }
  if (kind !== "cross-entropy" && sampler === "balanced") {
    throw new CommandLineError(
      `loss.kind=${kind}: expected images drawn as often as they are there, got sampler=balanced, which makes up for classes of different size as well`,
      { advice: "Add --set sampler=shuffled, or train with --set loss.kind=cross-entropy." },
    );
  }
}
