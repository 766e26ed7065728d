/**
 * @file What may happen to a training picture before a model sees it, and how likely.
 *
 * The paper (section 4.2) names random flipping, erasing and colour jitter, without their parameters.
 */
import { DatasetError } from "../error.ts";

/** Applied in the order of the fields, on 8-bit pixels, afresh in every epoch. */
export interface Augmentation {
  /** Probability of a horizontal flip. */
  readonly flip: number;
  /** Moves the picture, as torchvision's RandomCrop with padding does. None by default. */
  readonly shift?: Shift;
  /** Changes the colours, as torchvision's ColorJitter does (without its hue). */
  readonly jitter: Jitter | false;
  /** Blanks a rectangle, as torchvision's RandomErasing does. */
  readonly erasing: Erasing | false;
}

/** Meant for small models and small pictures, which have too little to learn from otherwise. */
export interface Shift {
  /** Along each axis by a whole number of pixels, uniform in [-pixels, pixels]. */
  readonly pixels: number;
  /** What comes into view: black, or the outermost pixels again. */
  readonly padding: "zero" | "edge";
}

/** Each strength s draws a factor uniform in [max(0, 1 - s), 1 + s]; 0 turns that change off. */
export interface Jitter {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

export interface Erasing {
  /** The probability that a rectangle is blanked. */
  readonly p: number;
  /** The rectangle's share of the picture's area: uniform between these. */
  readonly scale: readonly [least: number, most: number];
  /** Its height over its width: log-uniform between these. */
  readonly ratio: readonly [least: number, most: number];
  /**
   * Its colour. Usually RandomErasing comes after normalisation and writes zeros, which stand for the
   * "mean" colour of ImageNet. Here it comes before, where zero is "black".
   */
  readonly value: "black" | "mean";
}

/** What a run uses unless told otherwise. */
export const defaultAugmentation: Augmentation = {
  flip: 0.5, // torchvision's RandomHorizontalFlip
  jitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4 }, // timm's and DeiT's; torchvision's is none
  // SCN's code, on which the paper builds; p and ratio are torchvision's. SCN erases after normalisation.
  erasing: { p: 0.5, scale: [0.02, 0.25], ratio: [0.3, 3.3], value: "mean" },
};

/** Throws a DatasetError that names the first parameter that makes no sense. */
export function checkAugmentation({ flip, shift, jitter, erasing }: Augmentation): void {
  const require = (name: string, value: unknown, holds: boolean, expected: string) => {
    if (holds) return;
    throw new DatasetError(
      `augmentation.${name}: expected ${expected}, got ${JSON.stringify(value)}; correct it, or leave ` +
        "it at its default.",
    );
  };
  const probability = (p: number) => p >= 0 && p <= 1;
  require("flip", flip, probability(flip), "a probability");
  if (shift) {
    const { pixels } = shift;
    require("shift.pixels", pixels, Number.isInteger(pixels) && pixels >= 0, "whole pixels");
  }
  for (const [name, strength] of Object.entries(jitter || {})) {
    require(`jitter.${name}`, strength, strength >= 0 && strength < Infinity, "0 or more");
  }
  if (erasing) {
    const { p, scale, ratio } = erasing;
    const [smallest, largest] = scale;
    const [widest, tallest] = ratio;
    require("erasing.p", p, probability(p), "a probability");
    const isScale = smallest >= 0 && smallest <= largest && largest <= 1;
    require("erasing.scale", scale, isScale, "two ascending shares of the area");
    const isRatio = widest > 0 && widest <= tallest && tallest < Infinity;
    require("erasing.ratio", ratio, isRatio, "two ascending ratios above 0");
  }
}
