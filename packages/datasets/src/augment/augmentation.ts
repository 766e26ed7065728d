/**
 * @file How training images may be changed before they are fed to a model, and with which probabilities.
 *
 * The paper (section 4.2) names random flipping, erasing and colour jitter, without their parameters.
 */
import { requireThat } from "../error.ts";

/** The pixels that a shift brings into view: black, or the outermost pixels repeated. */
export const shiftPaddings = ["zero", "edge"] as const;
export type ShiftPadding = (typeof shiftPaddings)[number];

/**
 * The colours of an erased rectangle, in bytes: black, and ImageNet's mean (0.485, 0.456, 0.406). Usually
 * RandomErasing comes after normalisation and writes zeros, which are the mean colour. Here it comes before
 * normalisation, where zero is black.
 */
export const erasingColours = {
  black: [0, 0, 0],
  mean: [124, 116, 104],
} as const;
export type ErasingColour = keyof typeof erasingColours;
export const erasingColourNames = Object.keys(erasingColours) as readonly ErasingColour[];

/** Applied in the order of the fields, on 8-bit pixels, with new random numbers in every epoch. */
export interface Augmentation {
  /** Probability of a horizontal flip. */
  readonly flip: number;
  /** Moves the image, as torchvision's RandomCrop with padding does. None by default. */
  readonly shift?: Shift;
  /** Operations drawn from a list, as torchvision's RandAugment and TrivialAugmentWide do. None by default. */
  readonly auto?: AutoAugmentation | false;
  /** Changes the colours, as torchvision's ColorJitter does (without its hue). */
  readonly jitter: Jitter | false;
  /** Blanks a rectangle, as torchvision's RandomErasing does. */
  readonly erasing: Erasing | false;
}

/** For small models and small images, which otherwise have too little to learn from. */
export interface Shift {
  /** Along each axis by a whole number of pixels, uniform in [-pixels, pixels]. */
  readonly pixels: number;
  readonly padding: ShiftPadding;
}

/** The magnitudes of an operation, from the weakest on. */
export const magnitudeBins = 31; // torchvision's default

/** RandAugment, operations of one magnitude; or TrivialAugmentWide, one operation of any magnitude. */
export const autoKinds = ["rand", "trivial"] as const;
export type AutoKind = (typeof autoKinds)[number];

export interface AutoAugmentation {
  readonly kind: AutoKind;
  /** Of RandAugment: how many operations, one after another. 2 if absent. */
  readonly operations?: number;
  /** Of RandAugment: the magnitude of all operations, from 0 to 30. 9 if absent. */
  readonly magnitude?: number;
}

/** Those of torchvision's RandAugment. */
export const randDefaults = { operations: 2, magnitude: 9 } as const;

/** Each strength s draws a factor uniform in [max(0, 1 - s), 1 + s]; 0 turns that change off. */
export interface Jitter {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

export interface Erasing {
  /** The probability that a rectangle is blanked. */
  readonly p: number;
  /** The rectangle's share of the image's area: uniform between these. */
  readonly scale: readonly [least: number, most: number];
  /** Its height over its width: log-uniform between these. */
  readonly ratio: readonly [least: number, most: number];
  /** Its colour. */
  readonly value: ErasingColour;
}

/** The augmentation of scale paper. */
export const defaultAugmentation: Augmentation = {
  flip: 0.5, // torchvision's RandomHorizontalFlip
  jitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4 }, // timm's and DeiT's; torchvision's is none
  // SCN's code, on which the paper builds; p and ratio are torchvision's. SCN erases after normalisation.
  erasing: { p: 0.5, scale: [0.02, 0.25], ratio: [0.3, 3.3], value: "mean" },
};

/** Throws a DatasetError that names the first parameter out of its range. */
export function checkAugmentation({ flip, shift, auto, jitter, erasing }: Augmentation): void {
  const check = (name: string, value: unknown, holds: boolean, expected: string) => {
    const advice = "Correct it, or leave it at its default.";
    requireThat(holds, `augmentation.${name}: expected ${expected}`, value, advice);
  };
  const probability = (p: number) => p >= 0 && p <= 1;
  check("flip", flip, probability(flip), "a probability");
  if (shift) {
    const { pixels } = shift;
    check("shift.pixels", pixels, Number.isInteger(pixels) && pixels >= 0, "whole pixels");
  }
  if (auto) {
    const { kind, ...chosen } = auto;
    const isChoice = kind === "rand" || Object.keys(chosen).length === 0;
    check("auto", auto, isChoice, "operations and a magnitude with kind rand alone");
    const { operations, magnitude } = { ...randDefaults, ...chosen };
    const isWhole = (x: number) => Number.isInteger(x) && x >= 0;
    check("auto.operations", operations, isWhole(operations), "a whole number of operations");
    const isMagnitude = isWhole(magnitude) && magnitude < magnitudeBins;
    check("auto.magnitude", magnitude, isMagnitude, `a whole number below ${magnitudeBins}`);
  }
  for (const [name, strength] of Object.entries(jitter || {})) {
    check(`jitter.${name}`, strength, strength >= 0 && strength < Infinity, "0 or more");
  }
  if (erasing) {
    const { p, scale, ratio } = erasing;
    const [smallest, largest] = scale;
    const [widest, tallest] = ratio;
    check("erasing.p", p, probability(p), "a probability");
    const isScale = smallest >= 0 && smallest <= largest && largest <= 1;
    check("erasing.scale", scale, isScale, "two ascending shares of the area");
    const isRatio = widest > 0 && widest <= tallest && tallest < Infinity;
    check("erasing.ratio", ratio, isRatio, "two ascending ratios above 0");
  }
}
