/**
 * @file RandAugment and TrivialAugmentWide: their lists of operations with the magnitudes, and what is drawn of them.
 *
 * Cubuk et al., "RandAugment: Practical automated data augmentation with a reduced search space", arXiv:1909.13719.
 * Müller and Hutter, "TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation", arXiv:2103.10158.
 * Operations, ranges and draws are those of torchvision's `RandAugment` and `TrivialAugmentWide` (0.28) with their
 * defaults: 31 magnitudes, nearest neighbours, black where an image ends.
 */
import type { random } from "@mvt/core";
import {
  type AutoAugmentation,
  type AutoKind,
  magnitudeBins,
  randDefaults,
} from "./augmentation.ts";
import * as pillow from "./pillow.ts";

const last = magnitudeBins - 1;

type Pixels = Uint8Array;

/** One operation of the lists. */
export interface AutoOperation {
  /** By kind, the magnitude of a bin for images of size x size pixels; absent if there is nothing to choose. */
  readonly magnitude?: Readonly<Record<AutoKind, (bin: number, size: number) => number>>;
  /** Whether the magnitude's sign is drawn. */
  readonly signed?: true;
  readonly apply: (pixels: Pixels, size: number, magnitude: number) => void;
}

/** torch.linspace(start, end, 31)[bin]: in 32 bits, each rounded once, the second half counted from the end. */
function linspace(start: number, end: number, bin: number): number {
  const { fround } = Math;
  const [first, final] = [fround(start), fround(end)];
  const step = fround(fround(final - first) / last);
  return fround(bin < last / 2 ? first + step * bin : final - step * (last - bin));
}

const upTo = (rand: number | ((size: number) => number), trivial: number) => ({
  rand: (bin: number, size: number) =>
    linspace(0, typeof rand === "number" ? rand : rand(size), bin),
  trivial: (bin: number) => linspace(0, trivial, bin),
});

/** 8 bits and fewer, down by `most` of them. */
const bits = (most: number) => (bin: number) => 8 - Math.round(bin / (last / most));
const threshold = (bin: number) => linspace(255, 0, bin);

/** Of the image's size, for RandAugment. */
const translation = (size: number) => (150 / 331) * size;

/** A blend with factor 1 + magnitude. */
const enhance = (by: (pixels: Pixels, factor: number) => void): AutoOperation => ({
  magnitude: upTo(0.9, 0.99),
  signed: true,
  apply: (pixels, _size, magnitude) => by(pixels, 1 + magnitude),
});

/** By torchvision's names, in its order. */
export const autoOperations = {
  Identity: { apply: () => {} },
  ShearX: { magnitude: upTo(0.3, 0.99), signed: true, apply: pillow.shearX },
  ShearY: { magnitude: upTo(0.3, 0.99), signed: true, apply: pillow.shearY },
  TranslateX: { magnitude: upTo(translation, 32), signed: true, apply: pillow.translateX },
  TranslateY: { magnitude: upTo(translation, 32), signed: true, apply: pillow.translateY },
  Rotate: { magnitude: upTo(30, 135), signed: true, apply: pillow.rotate },
  Brightness: enhance(pillow.enhanceBrightness),
  Color: enhance(pillow.enhanceColour),
  Contrast: enhance(pillow.enhanceContrast),
  Sharpness: {
    magnitude: upTo(0.9, 0.99),
    signed: true,
    apply: (pixels, size, magnitude) => pillow.enhanceSharpness(pixels, size, 1 + magnitude),
  },
  Posterize: {
    magnitude: { rand: bits(4), trivial: bits(6) },
    apply: (pixels, _size, magnitude) => pillow.posterize(pixels, magnitude),
  },
  Solarize: {
    magnitude: { rand: threshold, trivial: threshold },
    apply: (pixels, _size, magnitude) => pillow.solarize(pixels, magnitude),
  },
  AutoContrast: { apply: pillow.autoContrast },
  Equalize: { apply: pillow.equalize },
} as const satisfies Readonly<Record<string, AutoOperation>>;

export type AutoOperationName = keyof typeof autoOperations;

const operations: readonly AutoOperation[] = Object.values(autoOperations);

/** How many operations, and their magnitude, which is drawn where there is none. */
const defaultsOf = {
  rand: randDefaults,
  trivial: { operations: 1, magnitude: undefined },
} as const satisfies Readonly<Record<AutoKind, unknown>>;

/**
 * Applies the operations that the stream draws, in place: as many as `auto` says, or one of TrivialAugmentWide. Drawn are,
 * one after another: the operation; its magnitude, unless RandAugment has chosen it; its sign, if it has one.
 */
export function autoAugment(
  pixels: Pixels,
  size: number,
  auto: AutoAugmentation,
  stream: random.Stream,
): void {
  const { kind, operations: count, magnitude: chosen } = { ...defaultsOf[auto.kind], ...auto };
  for (let i = 0; i < count; i += 1) {
    const { magnitude, signed, apply } = operations[stream.integer(operations.length)]!;
    let value = 0;
    if (magnitude !== undefined) {
      value = magnitude[kind](chosen ?? stream.integer(magnitudeBins), size);
    }
    const negated = signed === true && stream.integer(2) === 1;
    apply(pixels, size, negated ? -value : value);
  }
}
