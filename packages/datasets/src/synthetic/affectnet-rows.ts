/**
 * @file The rows of a synthetic AffectNet: faces, and in the tables of its first distribution some rows with an
 * expression that hardly shows, or without a face.
 */
import { createHash } from "node:crypto";
import { random } from "@mvt/core";
import type { Expression } from "../expression.ts";
import type { Surroundings } from "./draw-batch.ts";
import { type Face, type Frequencies, planFaces } from "./faces.ts";
import type { Manifest } from "./manifest.ts";

export const splits = ["train", "test"] as const;

export const affectnetFrequencies = {
  neutral: 5,
  happiness: 8,
  surprise: 2,
  sadness: 3,
  anger: 3,
  disgust: 1,
  fear: 1,
  contempt: 1,
} as const satisfies Frequencies;

/** AffectNet has as many test faces of each expression. */
const testFrequencies: Frequencies = Object.fromEntries(
  Object.keys(affectnetFrequencies).map((expression) => [expression, 1]),
);

export interface AffectnetRow {
  readonly split: (typeof splits)[number];
  /** As in the loader: "train_0", "val_0", or the stem. */
  readonly id: string;
  /** The file's name without extension: a number, or a hash. */
  readonly stem: string;
  /** "12/3f...c1.jpg": the path in the tables. */
  readonly file: string;
  /** Names the random streams. */
  readonly name: string;
  /** AffectNet's number: 0 to 7, or 8 (none), 9 (uncertain), 10 (no face). */
  readonly expression: number;
  /** The expression that is drawn. Nobody is in the image if absent. */
  readonly shown?: Expression;
  /** Of faces with a usable label. */
  readonly truth?: Expression;
  readonly given?: Expression;
  /** Factor on the expression's intensity. */
  readonly weight: number;
  readonly valence: number;
  readonly arousal: number;
  /** Of the face in its photograph, in pixels. */
  readonly box: { readonly left: number; readonly top: number; readonly side: number };
  readonly surroundings?: Surroundings;
}

/** AffectNet's numbers. The loader has its own list of them, so that each tests the other. */
export const affectnetNumbers: Readonly<Record<Expression, number>> = {
  neutral: 0,
  happiness: 1,
  sadness: 2,
  surprise: 3,
  fear: 4,
  disgust: 5,
  anger: 6,
  contempt: 7,
};

/** How pleasant and how excited, from -1 to 1. */
const mood: Readonly<Record<Expression, readonly [valence: number, arousal: number]>> = {
  neutral: [0, 0],
  happiness: [0.7, 0.1],
  sadness: [-0.7, -0.25],
  surprise: [0.2, 0.7],
  fear: [-0.15, 0.8],
  disgust: [-0.65, 0.45],
  anger: [-0.45, 0.6],
  contempt: [-0.55, 0.6],
};

/** Pixels of a face in each layout, and of the photographs around it. */
const sides = { npy: 224, csv: 160 };
const photograph = { width: 256, height: 208 };

/** How many faces come between two rows without a usable label, and before the first. */
const every = 50;
const firstUnusable = 10;
const faint = 0.3;

/** All rows of both splits, in the order of the tables. */
export function affectnetRows(manifest: Manifest): AffectnetRow[] {
  const isNpy = manifest.layout === "npy";
  return splits.flatMap((split) =>
    planFaces(manifest, split, split === "test" ? testFrequencies : affectnetFrequencies)
      .flatMap((face) => [
        // The second distribution has no rows without a usable label.
        ...(!isNpy && face.index % every === firstUnusable ? [unusable(face)] : []),
        { face, name: face.name, expression: affectnetNumbers[face.given] },
      ])
      .map((row, i) => (isNpy ? npyRow(row, i) : csvRow(row, i, manifest.seed))),
  );
}

interface PlannedRow {
  readonly face: Face;
  readonly name: string;
  readonly expression: number;
}

/** "None", "uncertain" and "no face" in turn: a faint face for the first two, and nobody for the third. */
function unusable(face: Face): PlannedRow {
  const expression = 8 + (Math.floor(face.index / every) % 3);
  return { face, name: `${face.name}/unusable`, expression };
}

function common({ face, name, expression }: PlannedRow) {
  const { split, truth, given } = face;
  const usable = expression < 8;
  const [valence, arousal] = usable ? mood[given] : [-2, -2]; // -2 where nobody could tell
  return {
    split: split === "train" ? ("train" as const) : ("test" as const),
    name,
    expression,
    weight: usable ? 1 : faint,
    valence,
    arousal,
    shown: expression < 10 ? truth : undefined,
    truth: usable ? truth : undefined,
    given: usable ? given : undefined,
  };
}

/** Every tenth number is missing. */
function npyRow(row: PlannedRow, index: number): AffectnetRow {
  const stem = String(index + Math.floor(index / 9));
  const id = `${row.face.split === "train" ? "train" : "val"}_${stem}`;
  const box = { left: 0, top: 0, side: sides.npy };
  return { ...common(row), id, stem, file: `${stem}.jpg`, box };
}

function csvRow(row: PlannedRow, index: number, seed: number): AffectnetRow {
  const stem = createHash("sha224").update(`${seed}/${row.name}`).digest("hex"); // 56 digits
  const folder = 1 + (Number.parseInt(stem.slice(0, 4), 16) % 20);
  const extension = index % 20 === 7 ? "JPG" : index % 20 === 17 ? "png" : "jpg";
  const stream = random.stream(seed, `${row.name}/photograph`);
  const side = sides.csv;
  const left = stream.integer(photograph.width - side + 1);
  const top = stream.integer(photograph.height - side + 1);
  const right = photograph.width - side - left;
  const bottom = photograph.height - side - top;
  return {
    ...common(row),
    id: stem,
    stem,
    file: `${folder}/${stem}.${extension}`,
    box: { left, top, side },
    surroundings: { left, top, right, bottom },
  };
}
