/**
 * @file What every loader returns: samples with canonical expressions, whatever the files looked like.
 */
import type { Expression } from "./expression.ts";

/** The part of a picture that shows the face, in pixels of the picture when it is upright. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where the pixels of a sample are: an image file, or grey pixels that stood in a table. */
export type ImageSource =
  | {
      readonly kind: "file";
      readonly path: string;
      /** Without it the whole picture counts. What of it lies outside the picture is left out. */
      readonly crop?: Crop;
    }
  | {
      readonly kind: "pixels";
      readonly width: number;
      readonly height: number;
      /** [height * width], row by row. */
      readonly grey: Uint8Array;
    };

export interface Sample {
  /** Unique within the data set and stable between runs: "train_00001", "fer0000001". */
  readonly id: string;
  readonly image: ImageSource;
  /** The expression that the data set's files give. Wrong for some samples, in real data and in synthetic. */
  readonly expression: Expression;
}

export const splitNames = ["train", "validation", "test"] as const;
export type SplitName = (typeof splitNames)[number];

/** AffectNet-7 and AffectNet-8 are one folder, read without contempt and with it. */
export const datasetNames = ["raf-db", "ferplus", "affectnet-7", "affectnet-8", "custom"] as const;
export type DatasetName = (typeof datasetNames)[number];

/** The data sets as the paper prints them; custom data is better given a title of its own. */
export const datasetTitles = {
  "raf-db": "RAF-DB",
  ferplus: "FERPlus",
  "affectnet-7": "AffectNet-7",
  "affectnet-8": "AffectNet-8",
  custom: "Custom data",
} as const satisfies Record<DatasetName, string>;

export interface Dataset {
  readonly name: DatasetName;
  /** As the paper prints it: "RAF-DB". */
  readonly title: string;
  readonly folder: string;
  /** Which of the layouts was found: "official", "kaggle", "csv", "folders", "npy". */
  readonly layout: string;
  /** The labelling protocol, where there is more than one: "argmax-10". Printed in every report. */
  readonly protocol: string;
  /** The classes in the order of the logits. */
  readonly classes: readonly Expression[];
  readonly splits: Readonly<Record<SplitName, readonly Sample[]>>;
  /** What is known beyond the files' labels; only for data this project drew. */
  readonly groundTruth?: GroundTruth;
}

/** The truth behind synthetic data. */
export interface GroundTruth {
  /** The expression that was drawn, by sample id, whatever label was written. */
  readonly expressions: ReadonlyMap<string, Expression>;
  /** The share of training labels that were made wrong on purpose. */
  readonly labelNoise: number;
  /** The path of a grey PNG by sample id: how much each pixel changes with the expression. */
  expressionEnergy(id: string): string;
}
