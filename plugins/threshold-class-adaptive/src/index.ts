/**
 * @file Class-wise adaptive thresholds as the function f of Eq. 6.
 *
 *   pnpm exp table2 --threshold mvt-threshold-class-adaptive:noisy=0.4
 *
 * A network recognises some expressions better than others, so one P_gt means different things in different classes:
 * 0.3 is doubtful for happiness and usual for fear. This function compares P_gt with the mean P_gt of the label's class.
 *
 * From the sources:
 *
 * - Zhang, Sun, An and Wang, "ASM: Adaptive Sample Mining for In-The-Wild Facial Expression Recognition", 2023,
 *   arXiv:2310.05618: every class has two thresholds, a clean and a noisy one, which are learnt in every epoch from the
 *   mean class probabilities; they divide the images into clean, ambiguous and noisy ones.
 * - Gera, Badveeti, Kumar and Balasubramanian, "Dynamic Adaptive Threshold based Learning for Noisy Annotations Robust
 *   Facial Expression Recognition", 2022, arXiv:2208.10221: the mean probability of a class is its threshold for
 *   clean labels.
 *
 * This project's reading: the clean threshold is the mean P_gt of the class, times `clean`; the noisy one is the same
 * mean, times `noisy`. Neither source relabels: ASM trains on ambiguous and noisy images with other losses. Here a
 * clean label stays, a noisy one is decided on by delta alone, and in between f rises on a straight line.
 */
import { defineThreshold } from "@mvt/relabel";

export default defineThreshold({
  name: "class-adaptive",
  about:
    "0 up to noisy * c, height from clean * c on, a line between; c is the mean P_gt of the class",
  source:
    "after ASM, arXiv:2310.05618, and arXiv:2208.10221; the form of f is this project's reading",
  parameters: {
    clean: {
      default: 1,
      about: "times c: the P_gt from which on a label is clean and f is height",
      min: 0.01,
    },
    noisy: {
      default: 0.5,
      about: "times c: the P_gt up to which a label is noisy and delta alone decides",
      min: 0,
    },
    height: { default: 1, about: "f of clean labels; 1 is a lead that no class can have", min: 0 },
  },
  context: true,
  f(pGt, { clean, noisy, height }, { label, classConfidence }) {
    const c = classConfidence[label]!;
    if (pGt >= clean * c) return height;
    if (pGt <= noisy * c) return 0;
    return (height * (pGt - noisy * c)) / (clean * c - noisy * c);
  },
});
