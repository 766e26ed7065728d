/** @file Predictions of faces as rows of text: what `pnpm exp predict --faces --out FILE.csv` and the page add to a row. */
import type { Face } from "./find.ts";

/** A face, and which one of its photograph it is: the first is the largest. */
export interface NumberedFace extends Face {
  /** From 1. */
  readonly number: number;
  /** How many faces the photograph has. */
  readonly of: number;
}

const columns = ["face", "left", "top", "width", "height", "score"];

/**
 * Adds the columns of faces after the first one, the image. `rows` is a heading and a row for each of `faces`; rows without a
 * face get empty cells.
 */
export function withFaceColumns(
  rows: readonly (readonly string[])[],
  faces: readonly (NumberedFace | undefined)[],
): readonly (readonly string[])[] {
  return rows.map(([image = "", ...others], i) => [
    image,
    ...(i === 0 ? columns : cellsOf(faces[i - 1])),
    ...others,
  ]);
}

function cellsOf(face: NumberedFace | undefined): readonly string[] {
  if (face === undefined) return columns.map(() => "");
  const { number, box, score } = face;
  const { left, top, width, height } = box;
  return [
    `${number}`,
    ...[left, top, width, height].map((value) => value.toFixed(1)),
    score.toFixed(4),
  ];
}
