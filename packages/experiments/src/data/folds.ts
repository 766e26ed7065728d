/**
 * @file Folds of the training images: a run that leaves one out predicts images that it was not trained on, so that
 * it cannot have learnt their wrong labels by heart.
 */
import { UserError } from "@mvt/common";
import { random } from "@mvt/core";
import type { Fold } from "../settings/run-config.ts";
import type { Subset, TrainingData } from "./prepared.ts";

/**
 * [n] the fold of each training image, from 1 to `of`. Images of a class are dealt out in a random order, so that a
 * class has as many images in every fold, give or take one, and so have all classes together. The same for every seed
 * of a run, since the K runs of one command must agree on it.
 *
 * @param labels [n] class indices, as given
 */
export function foldsOf(labels: Int32Array, of: number): Int32Array {
  const folds = new Int32Array(labels.length);
  let dealt = 0;
  const classes = [...new Set(labels)].toSorted((a, b) => a - b);
  for (const label of classes) {
    const members = [...labels.keys()].filter((i) => labels[i] === label);
    const order = random.stream(0, `folds/${of}/${label}`).permutation(members.length);
    for (const i of order) {
      folds[members[i]!] = 1 + (dealt % of);
      dealt += 1;
    }
  }
  return folds;
}

/** Training data without a fold, and the fold by itself. */
export interface SplitFold {
  readonly data: TrainingData;
  readonly heldOut: Subset;
}

/**
 * Takes fold k out of the training images; validation and test images stay. Labels are taken as they are here, so
 * noise comes first.
 *
 * @throws UserError if there are more folds than images.
 */
export function withoutFold(data: TrainingData, { k, of }: Fold): SplitFold {
  const { train, trainTruth } = data;
  const n = train.rows.length;
  if (of > n) {
    throw new UserError(
      `--folds ${of}: expected at most as many folds as training images, which are ${n}. Pass a smaller number; 5 is usual.`,
    );
  }
  const folds = foldsOf(train.labels, of);
  const kept = (i: number) => folds[i] !== k;
  return {
    data: {
      ...data,
      train: subsetWhere(train, kept),
      trainTruth: trainTruth?.filter((_, i) => kept(i)),
    },
    heldOut: subsetWhere(train, (i) => !kept(i)),
  };
}

function subsetWhere({ images, rows, ids, labels }: Subset, holds: (i: number) => boolean): Subset {
  return {
    images,
    rows: rows.filter((_, i) => holds(i)),
    ids: ids.filter((_, i) => holds(i)),
    labels: labels.filter((_, i) => holds(i)),
  };
}
