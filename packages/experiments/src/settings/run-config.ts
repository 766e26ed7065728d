/** @file The configuration of a run: everything its result depends on, and the id made from it. */
import { createHash } from "node:crypto";
import type { InputNormalizationName, NetworkConfig } from "@mvt/core";
import type { DatasetName, NoiseKind } from "@mvt/datasets";
import type { ControlMaskName, MaskForm } from "@mvt/mgn";
import type { PredictionSource, Reference } from "@mvt/relabel";
import type { MgnTrainingConfig, TrainingConfig } from "./training.ts";

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
  /** What Eq. 6 decides on; "step" if absent. */
  readonly predictions?: Exclude<PredictionSource, "step">;
  readonly startEpoch: number;
  readonly minTrainAccuracy?: number;
}

/** Label noise that is put into the training labels of a data set. */
export type NoiseConfig =
  | {
      readonly kind: NoiseKind;
      /** The share of labels that become wrong. */
      readonly rate: number;
      readonly seed: number;
      /** [K][K] what each class is taken for, in the order of the data set's classes. */
      readonly matrix?: readonly (readonly number[])[];
      /** The run whose confusion matrix, or whose probabilities for the images themselves, say it instead. */
      readonly from?: { readonly run: string };
    }
  | {
      readonly kind: "list";
      /** Hash of what the list says. */
      readonly sha256: string;
      /** Training labels that it makes wrong. */
      readonly wrong: number;
      /** Training images that it does not name; they keep their labels. */
      readonly unlisted: number;
    };

/** Which labels a run has. An absent key means the labels of the data set's files. */
export interface LabelConfig {
  readonly noise?: NoiseConfig;
  /** Train on the true labels, where they are known. */
  readonly labels?: "true";
  /** Validation labels without noise; if absent they have the same noise as the training labels. */
  readonly validationLabels?: "clean";
}

/** One of several equal parts of the training images, which a run leaves out and predicts at its end. */
export interface Fold {
  /** From 1 to `of`. */
  readonly k: number;
  readonly of: number;
}

/** What every run has. */
interface CommonConfig extends LabelConfig {
  /** The form of this configuration. */
  readonly format: 1;
  /** `numerics` of the version that planned the run; absent in runs of versions before it had a number. */
  readonly numerics?: number;
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

/** How a file of pre-trained weights is read. */
export interface PretrainedOptions {
  /** Which of several networks of the file; `OpenOptions.key` of @mvt/core. */
  readonly key?: string;
  /** What its pixels were normalised with, if not as ImageNet's. */
  readonly normalization?: Exclude<InputNormalizationName, "imagenet">;
}

/** A classifier, with masks or without. */
export interface ClassifierConfig extends CommonConfig {
  readonly kind: "classifier";
  /** Where the weights but the head's start: a run, or a file by its SHA-256; random if absent. */
  readonly pretrained?:
    | { readonly run: string }
    | ({ readonly sha256: string } & PretrainedOptions);
  readonly training: TrainingConfig;
  /** Dynamic relabelling, section 3.3; none if absent. */
  readonly relabel?: RelabelConfig;
  /** The frozen mask generator, a run or a file by its SHA-256, and the form of its masks; no masks if absent. */
  readonly mgn?: ({ readonly run: string } | { readonly sha256: string }) & {
    readonly form: MaskForm;
  };
  /** The mask that its images have without any generator; none if absent. */
  readonly control?: ControlMask;
  /** Train without this part of the training images; on all of them if absent. */
  readonly fold?: Fold;
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
