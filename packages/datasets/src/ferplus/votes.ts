/** @file The rows of a FERPlus vote table: an image, and how many of ten people chose each expression. */
import { shorten } from "@mvt/common";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";

/** In the order of the tables' columns. */
export const ferplusClasses = [
  "neutral",
  "happiness",
  "surprise",
  "sadness",
  "anger",
  "disgust",
  "fear",
  "contempt",
] as const satisfies readonly Expression[];

/** The ten columns of votes: eight expressions, "unknown", and "NF" for "not a face". */
export const voteColumns = [...ferplusClasses, "unknown", "NF"] as const;

/** Votes per column. They sum to ten, except in one row of the published table. */
export type Votes = readonly number[];

/** Reads the ten fields of votes; `where` is path:line. */
export function readVotes(where: string, fields: readonly string[]): Votes {
  const votes = fields.map((field) => (/^\d+$/.test(field.trim()) ? Number(field) : NaN));
  if (
    votes.length !== voteColumns.length ||
    votes.some(Number.isNaN) ||
    votes.every((v) => v === 0)
  ) {
    throw new DatasetError(
      `${where}: expected ${voteColumns.length} numbers of votes, not all 0, ` +
        `found "${fields.join()}". Replace the file by the published one.`,
    );
  }
  return votes;
}

/** "fer0000000" of "fer0000000.png". */
export function readName(where: string, name: string): string {
  const stem = /^(fer\d+)\.png$/.exec(name)?.[1];
  if (stem === undefined) {
    throw new DatasetError(
      `${where}: expected an image name such as fer0000000.png, found "${shorten(name)}". ` +
        `Replace the file by the published one.`,
    );
  }
  return stem;
}
