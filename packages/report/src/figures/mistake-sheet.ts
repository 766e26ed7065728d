/** @file A contact sheet of wrong predictions: each image with its label, the predicted class and its probability. */
import { percent } from "@mvt/common";
import { pictureSheet, shortened, syntheticFaces } from "./picture-sheet.ts";
import { faintInk } from "./theme.ts";

/** A wrong prediction, with its image. */
export interface Mistake {
  readonly id: string;
  /** Square, as PNG. */
  readonly png: Uint8Array;
  readonly label: string;
  readonly predicted: string;
  /** The probability of the predicted class, 0 to 1. */
  readonly confidence: number;
}

export interface MistakeSheet {
  /** "RAF-DB, linear, seed 0" */
  readonly title: string;
  readonly synthetic: boolean;
  /** The most confident first; one at least. */
  readonly mistakes: readonly Mistake[];
  /** How many predictions are wrong in all. */
  readonly wrong: number;
}

/** The sheet as SVG. Throws a RangeError if there is no mistake. */
export function mistakeSheet({ title, synthetic, mistakes, wrong }: MistakeSheet): string {
  if (mistakes.length === 0) throw new RangeError("mistakeSheet: expected a mistake, got none");
  const shown = mistakes.length < wrong ? `${mistakes.length} of ${wrong}` : `All ${wrong}`;
  return pictureSheet({
    title: `Wrong predictions: ${title}`,
    notes: [
      `${shown} wrong predictions, the most confident first: what is predicted and how probable, and what the label says.`,
      ...(synthetic ? [syntheticFaces] : []),
    ],
    lines: 3,
    pictures: mistakes.map(({ id, png, label, predicted, confidence }) => ({
      png,
      lines: [
        { text: `${predicted} ${percent(confidence)} %`, size: 13, bold: true },
        { text: `label: ${label}`, size: 12 },
        { text: shortened(id), size: 11, colour: faintInk },
      ],
    })),
  });
}
