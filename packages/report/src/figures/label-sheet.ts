/** @file A contact sheet of changed labels: each image with its labels and the probabilities of the last change. */
import { pictureSheet, shortened, syntheticFaces } from "./picture-sheet.ts";
import type { SheetLine } from "./picture-sheet.ts";
import { faintInk } from "./theme.ts";

export interface ChangedImage {
  readonly id: string;
  /** Square, as PNG. */
  readonly png: Uint8Array;
  /** The labels that it had, by name: the given one first, the current one last. */
  readonly labels: readonly string[];
  /** Undefined where it is unknown. */
  readonly truth: string | undefined;
  /** The numbers of the last change: its epoch, P_gt and P_max. */
  readonly epoch: number;
  readonly pGt: number;
  readonly pMax: number;
}

export interface LabelSheet {
  /** "RAF-DB, linear, seed 0". */
  readonly title: string;
  readonly synthetic: boolean;
  readonly images: readonly ChangedImage[];
  /** How many labels were changed in all. */
  readonly changed: number;
  /** Whose probability P_gt is. */
  readonly reference: "current" | "original";
}

/** Dark enough on white for small text: 5.1 : 1 and 6.5 : 1. Words say the same. */
const colours = { right: "#1a7f37", wrong: "#b3261e" };

export const labelSheet = {
  title: "Changed labels",

  /** The sheet as SVG, with the images inside it. Throws a RangeError if there is none. */
  draw({ title, synthetic, images, changed, reference }: LabelSheet): string {
    if (images.length === 0) throw new RangeError("labelSheet: expected an image, got none");
    const known = images.some(({ truth }) => truth !== undefined);
    const shown = images.length < changed ? `${images.length} of ${changed}` : `all ${changed}`;
    return pictureSheet({
      title: `${labelSheet.title}: ${title}`,
      notes: [
        `${shown} changed images, the most doubtful labels first. P_gt: probability of the ${reference === "current" ? "replaced" : "given"} label, P_max: of the new one, at the last change.`,
        ...(synthetic ? [syntheticFaces] : []),
      ],
      lines: known ? 4 : 3,
      pictures: images.map((image) => ({ png: image.png, lines: linesOf(image) })),
    });
  },
};

function linesOf({ id, labels, truth, epoch, pGt, pMax }: ChangedImage): readonly SheetLine[] {
  const right = truth === labels.at(-1);
  const change = changeText(labels);
  return [
    { text: change, size: change.length > 22 ? 11 : 13, bold: true },
    { text: `P_gt ${pGt.toFixed(2)}  P_max ${pMax.toFixed(2)}`, size: 12 },
    ...(truth === undefined
      ? []
      : [
          {
            text: right ? "right" : `wrong: it is ${truth}`,
            size: 12,
            colour: right ? colours.right : colours.wrong,
          },
        ]),
    { text: `${shortened(id)}, epoch ${epoch}`, size: 11, colour: faintInk },
  ];
}

/** "anger → fear", "anger → … → fear" */
function changeText(labels: readonly string[]): string {
  const [first, last] = [labels[0]!, labels.at(-1)!];
  return labels.length > 2 ? `${first} → … → ${last}` : `${first} → ${last}`;
}
