/** @file What every loader returns: samples with expressions by name, whatever the files look like. */
import type { Expression } from "./expression.ts";
import type { LeftOut } from "./left-out.ts";

/** The part of an image that shows the face, in pixels of the image when it is upright. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where the pixels of a sample are: in an image file, or in a table as grey values. */
export type ImageSource =
  | {
      readonly kind: "file";
      readonly path: string;
      /** The whole image if absent. A crop may reach beyond the image; only the overlap is used. */
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
  /** The label in the data set's files. Some labels are wrong, in real data and in synthetic data. */
  readonly expression: Expression;
}

export const splitNames = ["train", "validation", "test"] as const;
export type SplitName = (typeof splitNames)[number];

/** What is in a data set's folder. */
export interface DatasetContents {
  /** Which of the layouts was found: "official", "kaggle", "csv", "folders", "npy". */
  readonly layout: string;
  /** The labelling protocol, if there is more than one: "argmax-10". Printed in every report. */
  readonly protocol: string;
  /** The classes in the order of the logits. */
  readonly classes: readonly Expression[];
  readonly splits: Readonly<Record<SplitName, readonly Sample[]>>;
  /**
   * By sample id, where better labels than those of the samples are known of training images: the votes of FERPlus for
   * FER2013's labels.
   */
  readonly trueExpressions?: ReadonlyMap<string, Expression>;
  /** Files in the folder that are no samples, by reason; absent if there are none. */
  readonly leftOut?: readonly LeftOut[];
  /** What else a reader of results must know of the files, each a clause; absent if there is nothing. */
  readonly notes?: readonly string[];
}

/** The true labels of synthetic data, and more that is known of it. */
export interface GroundTruth {
  /** The expression that was drawn, by sample id, whatever label was written. */
  readonly expressions: ReadonlyMap<string, Expression>;
  /** The share of training labels that were made wrong on purpose. */
  readonly labelNoise: number;
  /** The path of a grey PNG by sample id: how much each pixel changes with the expression. */
  expressionEnergy(id: string): string;
}
