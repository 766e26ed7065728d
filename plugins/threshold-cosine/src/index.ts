/**
 * @file Half a cosine wave as the threshold function f of Eq. 6.
 *
 *   pnpm exp table2 --threshold mvt-threshold-cosine:rise=0.4
 *
 * Since P_max <= 1 - P_gt, no sample with P_gt >= 1/2 is ever relabelled, and values of f above 1/2 have no
 * effect. The sigmoid reaches half of its height only at 1/2. This function rises below 1/2:
 *
 * - it is flat at P_gt = 0, where the network excludes the given label: f' = 0, as for SCN's constant;
 * - it is steepest at P_gt = rise / 2, between "excluded" and "not learnt yet";
 * - it is flat from P_gt = rise on, without a kink.
 */
import { defineThreshold } from "@mvt/relabel";

export default defineThreshold({
  name: "cosine",
  about: "f(p) = height * (1 - cos(pi * min(p / rise, 1))) / 2",
  source: "made for this repository; a raised cosine over the P_gt that can be relabelled",
  parameters: {
    height: {
      default: 1,
      about: "the value of f from P_gt = rise on; 1 as for the functions of Figure 5",
      min: 0,
    },
    rise: { default: 0.5, about: "the P_gt at which f stops rising", min: 0.01, max: 1 },
  },
  f: (pGt, { height, rise }) => (height * (1 - Math.cos(Math.PI * Math.min(pGt / rise, 1)))) / 2,
});
