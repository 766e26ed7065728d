/** @file The labels of a run: those of the data set's files, with noise or without, or the true ones. */
import { noisyLabels } from "@mvt/datasets";
import type { DatasetName } from "@mvt/datasets";
import type { LabelConfig } from "../settings/run-config.ts";
import type { LabelledData } from "./prepared.ts";

/** What a configuration of noise names, and what only the files of a list or of a run can tell. */
export interface NoiseSources {
  /** Class indices by sample id, which a list gives. */
  readonly listed?: ReadonlyMap<string, number>;
  /** [K][K] what a run takes each class for. */
  readonly matrix?: readonly (readonly number[])[];
  /** [n, K] the probabilities that a run gives the images. */
  readonly probabilities?: Readonly<Record<"train" | "validation", Float32Array>>;
}

/**
 * The data as a run of this configuration is given them. Noise changes the labels for training and, unless they are to be
 * clean, those for validation; test labels never change. `trainTruth` is what the labels were before.
 *
 * Where the truth is known, as of drawn faces, noise is put into the true labels; else the data set's own labels count
 * as the truth. The noise of validation labels has the same kind and rate and random streams of its own.
 */
export function labelledData<Data extends LabelledData>(
  data: Data,
  dataset: DatasetName,
  { noise, labels, validationLabels }: LabelConfig,
  sources: NoiseSources = {},
): Data {
  const { train, validation, classes } = data;
  const trainTruth = data.trainTruth ?? (noise && train.labels);
  const validationTruth = data.validationTruth ?? (noise && validation.labels);

  const given = (split: "train" | "validation", truth: Int32Array | undefined): Int32Array => {
    const { ids, labels: own } = data[split];
    if (noise === undefined || truth === undefined) return own;
    if (noise.kind === "list") {
      const { listed } = sources;
      if (listed === undefined) throw new TypeError("labelledData: expected a list, got none");
      return own.map((label, i) => listed.get(ids[i]!) ?? label);
    }
    const { matrix = noise.matrix, probabilities } = sources;
    const known = { matrix, probabilities: probabilities?.[split] };
    return noisyLabels(
      { classes, ids, labels: truth, name: `${dataset}/${split}`, ...known },
      noise,
    );
  };

  return {
    ...data,
    train: {
      ...train,
      labels: labels === "true" ? required(trainTruth) : given("train", trainTruth),
    },
    validation: {
      ...validation,
      labels:
        validationLabels === "clean"
          ? required(validationTruth)
          : given("validation", validationTruth),
    },
    trainTruth,
    validationTruth,
  };
}

function required(truth: Int32Array | undefined): Int32Array {
  if (truth === undefined) throw new TypeError("labelledData: expected true labels, got none");
  return truth;
}

/** How many of the labels are not the true ones; 0 where the truth is not known. */
export function countWrong(labels: Int32Array, truth: Int32Array | undefined): number {
  return labels.reduce((n, label, i) => n + Number(truth !== undefined && label !== truth[i]), 0);
}
