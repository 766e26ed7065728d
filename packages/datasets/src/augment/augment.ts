/**
 * @file Augments one training image: which numbers are drawn from the random stream, and in which order.
 *
 * The draws follow torchvision's RandomHorizontalFlip, RandomCrop, RandAugment or TrivialAugmentWide, ColorJitter and
 * RandomErasing (0.2 and later): the distributions are theirs, the random numbers ours. torchvision's training recipes
 * and timm have the same order: the operations of a list come after flip and crop and before erasing.
 */
import { random } from "@mvt/core";
import {
  type Augmentation,
  type Erasing,
  erasingColours,
  type Jitter,
  type Shift,
} from "./augmentation.ts";
import { autoAugment } from "./auto.ts";
import { adjustBrightness, adjustContrast, adjustSaturation } from "./colour.ts";
import { erase, place, type Rectangle } from "./geometry.ts";

/** How often RandomErasing tries to fit a rectangle before it leaves the image whole. */
const erasingAttempts = 10;

/**
 * The random stream of one image in one epoch. It depends on nothing else, so an image is augmented the same way
 * in every batch, thread and order.
 */
export function augmentationStream(seed: number, epoch: number, id: string): random.Stream {
  return random.stream(seed, `augment/${epoch}/${id}`);
}

/** Writes the augmented `source` into `target`; both [S, S, 3], not overlapping. */
export function augment(
  source: Uint8Array,
  target: Uint8Array,
  size: number,
  { flip, shift, auto, jitter, erasing }: Augmentation,
  stream: random.Stream,
): void {
  const flipped = stream.bernoulli(flip);
  const { right, down } = drawShift(stream, shift);
  if (flipped || right !== 0 || down !== 0) {
    place(source, target, size, { flip: flipped, right, down, padding: shift?.padding ?? "zero" });
  } else {
    target.set(source);
  }
  if (auto) autoAugment(target, size, auto, stream);
  if (jitter) jitterColours(target, jitter, stream);
  if (erasing && stream.bernoulli(erasing.p)) {
    const rectangle = drawRectangle(stream, size, erasing);
    if (rectangle) erase(target, size, rectangle, erasingColours[erasing.value]);
  }
}

function drawShift(stream: random.Stream, shift: Shift | undefined) {
  if (!shift) return { right: 0, down: 0 };
  const draw = () => stream.integer(2 * shift.pixels + 1) - shift.pixels;
  return { right: draw(), down: draw() };
}

const adjustments = [
  ["brightness", adjustBrightness],
  ["contrast", adjustContrast],
  ["saturation", adjustSaturation],
] as const;

/** Draws the order of the adjustments, then a factor before each that is on. */
function jitterColours(pixels: Uint8Array, jitter: Jitter, stream: random.Stream): void {
  for (const i of stream.permutation(adjustments.length)) {
    const [name, adjust] = adjustments[i]!;
    const strength = jitter[name];
    if (strength > 0) adjust(pixels, stream.uniform(Math.max(0, 1 - strength), 1 + strength));
  }
}

/**
 * A rectangle of random area and aspect ratio, anywhere inside the image; undefined if ten draws gave none that
 * is smaller than the image on both sides.
 */
export function drawRectangle(
  stream: random.Stream,
  size: number,
  { scale, ratio }: Pick<Erasing, "scale" | "ratio">,
): Rectangle | undefined {
  for (let attempt = 0; attempt < erasingAttempts; attempt += 1) {
    const area = size * size * stream.uniform(...scale);
    const aspect = Math.exp(stream.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
    const height = Math.round(Math.sqrt(area * aspect));
    const width = Math.round(Math.sqrt(area / aspect));
    if (height < size && width < size) {
      const top = stream.integer(size - height + 1);
      const left = stream.integer(size - width + 1);
      return { top, left, height, width };
    }
  }
  return undefined;
}
