/** @file AffectNet's expressions by number, and the ids of its images. */
import { shorten } from "@mvt/common";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";
import type { Loading } from "../labels.ts";

/** Which of the two data sets is loaded: its classes, and what its loaders are told. */
export interface AffectnetSet {
  readonly loading: Loading;
  readonly classes: readonly Expression[];
}

/**
 * In the order of AffectNet's numbers, from 0. AffectNet-7 is all but the last.
 *
 * Mollahosseini, Hasani and Mahoor, "AffectNet: A Database for Facial Expression, Valence, and Arousal
 * Computing in the Wild", IEEE Transactions on Affective Computing 10(1), 2019.
 */
export const affectnetClasses = [
  "neutral",
  "happiness",
  "sadness",
  "surprise",
  "fear",
  "disgust",
  "anger",
  "contempt",
] as const satisfies readonly Expression[];

/** 8, 9 and 10 are "None", "Uncertain" and "No-Face", which are not trained on. */
const lastNumber = 10;

/**
 * The expression of AffectNet's number, from 0 to 10; undefined if it is none of `classes`.
 *
 * @param where the path, with the line if there is one
 */
export function readExpression(
  where: string,
  text: string,
  classes: AffectnetSet["classes"],
): Expression | undefined {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (!(number <= lastNumber)) {
    throw new DatasetError(
      `${where}: expected an expression from 0 (neutral) to ${lastNumber} (no face), ` +
        `found "${shorten(text)}". Replace the file by the published one.`,
    );
  }
  return classes[number];
}

/**
 * The id of an image. The first distribution names its images by hashes, which are the ids. The second numbers
 * them in each split, so the split comes first: "val_12".
 */
export function affectnetId(split: "train" | "test", stem: string): string {
  return /^\d{1,9}$/.test(stem) ? `${split === "train" ? "train" : "val"}_${stem}` : stem;
}
