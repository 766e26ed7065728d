/** @file The rows of a synthetic FERPlus: faces, and some rows with an unreadable face or with none. */
import { random } from "@mvt/core";
import { type SplitName, splitNames } from "../dataset.ts";
import type { Expression } from "../expression.ts";
import { drawIntensity } from "./draw/scene.ts";
import { type Frequencies, planFaces } from "./faces.ts";
import type { Manifest } from "./manifest.ts";
import { drawUnknownVotes, drawVotes, notAFaceVotes } from "./votes.ts";

export const ferplusFrequencies = {
  neutral: 6,
  happiness: 5,
  surprise: 3,
  sadness: 3,
  anger: 3,
  disgust: 1,
  fear: 2,
  contempt: 2,
} as const satisfies Frequencies;

export interface FerplusRow {
  readonly split: SplitName;
  /** Without ".png"; empty if there is no face. */
  readonly id: string;
  /** Names the random streams. */
  readonly name: string;
  /** The expression that is drawn. Nobody is in the image if absent. */
  readonly truth?: Expression;
  readonly given?: Expression;
  /** Factor on the expression's intensity. */
  readonly weight: number;
  readonly votes: readonly number[];
}

type UnnamedRow = Omit<FerplusRow, "id">;

/** How many faces come between two rows of a kind, and before the first. */
const every = 100;
const firstNotAFace = 5;
const firstUnknown = 10;

/** The factor on an expression that most voters call unknown. */
const faint = 0.3;

function notAFace(split: SplitName, number: number): UnnamedRow {
  const name = `synthetic/ferplus/${split}/not a face ${number}`;
  return { split, name, weight: 1, votes: notAFaceVotes() };
}

/** A face that hardly shows the expression of the next face. */
function unknown(seed: number, split: SplitName, number: number, truth: Expression): UnnamedRow {
  const name = `synthetic/ferplus/${split}/unknown ${number}`;
  const votes = drawUnknownVotes(random.stream(seed, `${name}/votes`), truth);
  return { split, name, truth, given: truth, weight: faint, votes };
}

function splitRows(manifest: Manifest, split: SplitName): UnnamedRow[] {
  const { difficulty, seed } = manifest;
  return planFaces(manifest, split, ferplusFrequencies).flatMap(({ given, index, name, truth }) => {
    const intensity = drawIntensity(seed, name, difficulty);
    const votes = drawVotes(random.stream(seed, `${name}/votes`), given, intensity);
    const number = Math.floor(index / every);
    return [
      ...(index % every === firstNotAFace ? [notAFace(split, number)] : []),
      ...(index % every === firstUnknown ? [unknown(seed, split, number, truth)] : []),
      { split, name, truth, given, weight: 1, votes },
    ];
  });
}

/**
 * All rows in the order of the tables. Names count the faces, and every second row without one: as
 * in the real set, a name's number is not its row, and some numbers are missing.
 */
export function planFerplusRows(manifest: Manifest): FerplusRow[] {
  let number = 0;
  let nameless = 0;
  return splitNames
    .flatMap((split) => splitRows(manifest, split))
    .map((row) => {
      if (row.truth) {
        const id = `fer${String(number).padStart(7, "0")}`;
        number += 1;
        return { ...row, id };
      }
      nameless += 1;
      if (nameless % 2 === 0) number += 1;
      return { ...row, id: "" };
    });
}
