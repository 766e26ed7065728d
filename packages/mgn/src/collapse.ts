/** @file Recognises from an epoch's statistics that MGN has collapsed. */
import type { MgnStatistics } from "./monitor.ts";

/**
 * Masks count as uniform if their spread is below this share of the spread of binary masks, √(m (1 - m)). A new
 * head on random weights gives 0.11 (DeiT-S) to 0.16 (nano) of it. After an epoch on 2,000 synthetic faces
 * (nano, m = 0.15) it was 0.12 and growing with a trained discriminator, 0.01 with one from scratch.
 */
const leastSpread = 0.05;
/**
 * A discriminator counts as at chance if its loss is above this share of the loss of predicting class
 * frequencies. On the same faces a trained discriminator starts at 0.955, because masks leave little of an
 * image, and one from scratch starts at 1.
 */
const chanceShare = 0.98;
/** The area counts as missed if the mean of M_p differs from m by more than this share of m. */
const areaTolerance = 0.5;

/**
 * One sentence for each thing that went wrong; empty if nothing did.
 *
 * - Uniform masks: M_p = m everywhere satisfies the area term and selects no patches.
 * - A discriminator at chance (L_D near 2 ln K): every mask gives the same variance, so the generator gets no
 *   gradient.
 * - A missed area: M_p = 0 gives a black image, which costs m in Eq. 2, while a confident discriminator costs
 *   1/K.
 */
export function collapse(
  { LD, labelEntropy, masks }: MgnStatistics,
  { m, classes }: { readonly m: number; readonly classes: number },
): readonly string[] {
  const sentences: string[] = [];
  const binarySpread = Math.sqrt(m * (1 - m));
  if (masks.spread < leastSpread * binarySpread) {
    sentences.push(
      `Masks are nearly uniform: within an image M_p varies by ${masks.spread.toFixed(3)} around ${masks.meanArea.toFixed(2)}, where binary masks would vary by ${binarySpread.toFixed(2)}. Give the generator a higher learning rate, or the area term a smaller weight.`,
    );
  }
  const chance = 2 * labelEntropy;
  if (LD > chanceShare * chance) {
    sentences.push(
      `The discriminator is at chance: L_D is ${LD.toFixed(2)}; a discriminator that ignores the image scores ${chance.toFixed(2)} (2 ln ${classes} = ${(2 * Math.log(classes)).toFixed(2)}). Start it from a trained classifier.`,
    );
  }
  if (Math.abs(masks.meanArea - m) > areaTolerance * m) {
    sentences.push(
      `The area is missed: M_p is ${masks.meanArea.toFixed(2)} on average and m is ${m}. Train longer, or give the area term a greater weight.`,
    );
  }
  return sentences;
}
