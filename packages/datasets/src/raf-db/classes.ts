/** @file RAF-DB's seven expressions, and the names of its images in label files. */
import { shorten } from "@mvt/common";
import type { SplitName } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";

/**
 * In the order of the label file, whose numbers start at 1: 1 is surprise, 7 is neutral.
 *
 * Li, Deng and Du, "Reliable Crowdsourcing and Deep Locality-Preserving Learning for Expression
 * Recognition in the Wild", CVPR 2017.
 */
export const rafDbClasses = [
  "surprise",
  "fear",
  "disgust",
  "happiness",
  "sadness",
  "anger",
  "neutral",
] as const satisfies readonly Expression[];

/** One row of a label file. */
export interface RafDbLabel {
  /** The name without "_aligned" and without extension: "train_00001". */
  readonly id: string;
  readonly split: Extract<SplitName, "train" | "test">;
  /** From 1 to 7, as in the file: Kaggle's folders are named after it. */
  readonly number: number;
  readonly expression: Expression;
}

/** Reads "train_00001.jpg" or "train_00001_aligned.jpg" and "5"; `where` is path:line. */
export function readLabel(where: string, name: string, label: string): RafDbLabel {
  const [, id, split] = /^((train|test)_\d+)(?:_aligned)?\.jpg$/.exec(name) ?? [];
  if (id === undefined || (split !== "train" && split !== "test")) {
    throw new DatasetError(
      `${where}: expected an image name such as train_00001.jpg or test_0001.jpg, ` +
        `found "${shorten(name)}". Use the label file as RAF-DB publishes it.`,
    );
  }
  const number = /^[1-7]$/.test(label) ? Number(label) : undefined;
  const expression = number === undefined ? undefined : rafDbClasses[number - 1];
  if (number === undefined || expression === undefined) {
    throw new DatasetError(
      `${where}: expected a label from 1 (surprise) to 7 (neutral), found "${shorten(label)}". ` +
        `Use the label file as RAF-DB publishes it, whose labels start at 1.`,
    );
  }
  return { id, split, number, expression };
}
