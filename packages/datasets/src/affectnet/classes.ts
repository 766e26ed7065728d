/** @file AffectNet's expressions, what its numbers mean, and how its images are told apart. */
import { shorten } from "../csv.ts";
import type { DatasetName } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";

export type AffectnetName = Extract<DatasetName, "affectnet-7" | "affectnet-8">;

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

/** "None", "Uncertain" and "No-Face": 8, 9 and 10, which no one trains on. */
const lastNumber = 10;

/** The classes of one of the two data sets. */
export function classesOfAffectnet(name: AffectnetName): readonly Expression[] {
  return name === "affectnet-7" ? affectnetClasses.slice(0, 7) : affectnetClasses;
}

/**
 * The expression behind AffectNet's number, from 0 to 10; undefined where the data set leaves it out.
 * `where` is the path, with the line where there is one.
 */
export function readExpression(
  where: string,
  text: string,
  name: AffectnetName,
): Expression | undefined {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (!(number <= lastNumber)) {
    throw new DatasetError(
      `${where}: expected an expression from 0 (neutral) to ${lastNumber} (no face), ` +
        `found "${shorten(text)}". Replace the file by the published one.`,
    );
  }
  return classesOfAffectnet(name)[number];
}

/**
 * The id of an image: its name, where that is one of the first distribution's, which are hashes; with
 * the split before it where it is one of the second's, which are numbers that both splits count.
 */
export function affectnetId(split: "train" | "test", stem: string): string {
  return /^\d{1,9}$/.test(stem) ? `${split === "train" ? "train" : "val"}_${stem}` : stem;
}
