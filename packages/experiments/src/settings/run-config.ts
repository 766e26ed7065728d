/**
 * @file The configuration of a run: everything its result depends on, and the id made from it.
 */
import { createHash } from "node:crypto";
import type { NetworkConfig } from "@mvt/core";
import { erasingColourNames, shiftPaddings } from "@mvt/datasets";
import type { Augmentation, DatasetName } from "@mvt/datasets";
import { maskSpaces, polarities } from "@mvt/mgn";
import type { ControlMaskName, MaskForm } from "@mvt/mgn";
import type { Reference } from "@mvt/relabel";
import { z } from "zod";
import { optimizerChoice } from "./optimizer.ts";

const probability = z.number().min(0).max(1);
const strength = z.number().nonnegative();

/** Of `@mvt/datasets`; its own check says what a combination of values means. */
const augmentation = z.strictObject({
  flip: probability,
  shift: z
    .strictObject({ pixels: z.int().nonnegative(), padding: z.enum(shiftPaddings) })
    .exactOptional(),
  jitter: z
    .strictObject({ brightness: strength, contrast: strength, saturation: strength })
    .or(z.literal(false)),
  erasing: z
    .strictObject({
      p: probability,
      scale: z.tuple([probability, probability]).readonly(),
      ratio: z.tuple([z.number().positive(), z.number().positive()]).readonly(),
      value: z.enum(erasingColourNames),
    })
    .or(z.literal(false)),
}) satisfies z.ZodType<Augmentation>;

/** How a run trains; every field can be set from the command line by its path. */
export const trainingConfig = z.strictObject({
  epochs: z.int().positive(),
  batchSize: z.int().positive(),
  schedule: z.strictObject({
    kind: z.enum(["exponential", "cosine"]),
    learningRate: z.number().nonnegative(),
    /** Decay per epoch of the exponential schedule. */
    gamma: z.number().positive().max(1).exactOptional(),
    warmupEpochs: z.number().nonnegative(),
  }),
  ...optimizerChoice,
  augmentation,
  /** In how many parts, one after another, a batch is computed, to save memory; as is fastest if absent. */
  accumulate: z.int().positive().exactOptional(),
  /** Compute activations again for the gradients rather than keep them, to save memory; false if absent. */
  recompute: z.boolean().exactOptional(),
  /** Of matrix products and the activations between them; "float32" if absent. */
  precision: z.enum(["float32", "float16"]).exactOptional(),
  /** Each image once per epoch, or as many drawn, every class as likely; "shuffled" if absent. */
  sampler: z.enum(["shuffled", "balanced"]).exactOptional(),
  /** Whether test images are asked after every epoch, as if absent, or only when training is over. */
  tests: z.enum(["every-epoch", "at-end"]).exactOptional(),
  /** No further epoch once the training accuracy of one, on the labels of the files, reached this. */
  stopAtTrainAccuracy: probability.exactOptional(),
});
export type TrainingConfig = Readonly<z.infer<typeof trainingConfig>>;

/** How a mask generator trains: one step of each side per batch, at constant rates. */
export const mgnTrainingConfig = z.strictObject({
  epochs: z.int().positive(),
  batchSize: z.int().positive(),
  learningRate: z.strictObject({
    discriminator: z.number().nonnegative(),
    generator: z.number().nonnegative(),
  }),
  ...optimizerChoice,
  augmentation,
  /** Weight of |M_avg - m| in Eq. 2; the paper has 1. */
  lambda: z.number().nonnegative(),
  /** Weight of 4 M_p (1 - M_p), which asks for binary masks; absent from Eq. 2, as by default. */
  saturation: z.number().nonnegative().exactOptional(),
  /** How the rates go on from there: constant if absent, or along half a cosine to zero. */
  decay: z.enum(["constant", "cosine"]).exactOptional(),
  /** The share of the image that random masks show: m if absent, else drawn between the two. */
  randomShare: z.tuple([probability, probability]).readonly().exactOptional(),
  polarity: z.enum(polarities),
  space: z.enum(maskSpaces),
});
export type MgnTrainingConfig = Readonly<z.infer<typeof mgnTrainingConfig>>;

/** A control mask; each removes exactly round(m N) patches of an image. */
export interface ControlMask {
  /** `controlMasks` of @mvt/mgn says what each removes. */
  readonly mask: ControlMaskName;
  readonly m: number;
}

export interface RelabelConfig {
  /** f of Eq. 6, and a hash of its values, since a plugin's file can change under its name. */
  readonly threshold: {
    readonly name: string;
    readonly parameters: Readonly<Record<string, number>>;
    readonly fingerprint: string;
  };
  readonly delta: number;
  readonly reference: Reference;
  readonly startEpoch: number;
  readonly minTrainAccuracy?: number;
}

/** What every run has. */
interface CommonConfig {
  /** Raised when a run of the same configuration would give another result. */
  readonly format: 1;
  readonly data: {
    readonly dataset: DatasetName;
    readonly kind: "synthetic" | "real";
    readonly layout: string;
    readonly protocol: string;
    /** Hash of labels and images. */
    readonly fingerprint: string;
    /** Share held out of the training set, stratified, where the set has no validation split. */
    readonly validationShare: number;
  };
  /** The classifier; of a mask generator, its discriminator and backbone. */
  readonly model: NetworkConfig;
  readonly seed: number;
}

/** A classifier, with masks or without. */
export interface ClassifierConfig extends CommonConfig {
  readonly kind: "classifier";
  /** Where the weights but the head's start: a run, or a file by its SHA-256; random if absent. */
  readonly pretrained?: { readonly run: string } | { readonly sha256: string };
  readonly training: TrainingConfig;
  /** Dynamic relabelling, section 3.3; none if absent. */
  readonly relabel?: RelabelConfig;
  /** The frozen mask generator, a run or a file by its SHA-256, and the form of its masks; no masks if absent. */
  readonly mgn?: ({ readonly run: string } | { readonly sha256: string }) & {
    readonly form: MaskForm;
  };
  /** The mask that its images have without any generator; none if absent. */
  readonly control?: ControlMask;
}

/** A mask generation network, section 3.2. */
export interface MgnConfig extends CommonConfig {
  readonly kind: "mgn";
  /** m of Eq. 2. */
  readonly m: number;
  /** The trained classifier that discriminator and generator start from. */
  readonly start: { readonly run: string };
  readonly training: MgnTrainingConfig;
}

export type RunConfig = ClassifierConfig | MgnConfig;

/** The first 12 hexadecimal digits of the SHA-256 of the configuration, whatever the order of its keys. */
export function runId(config: RunConfig): string {
  return createHash("sha256").update(canonicalJson(config)).digest("hex").slice(0, 12);
}

/** JSON with sorted keys. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${entries.join()}}`;
}
