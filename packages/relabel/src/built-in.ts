/**
 * @file The threshold functions of Figure 5(a) and Table 2, and the constant one of Eq. 5.
 *
 * The paper prints no formulas. These are the simplest functions with f(0) = 0 and f(1) = 1: p, p^2
 * and the logistic function around 1/2, which comes within .007 of both ends. Below P_gt = 1/2, where
 * relabelling is possible at all, they are ordered quadratic < sigmoid < linear (from P_gt = .008 on). This
 * agrees with section 4.3: FERPlus does best with the quadratic function, RAF-DB with the sigmoid, and
 * FERPlus wants "a lower threshold" than RAF-DB.
 */
import { defineThreshold, type ThresholdDefinition } from "./threshold.ts";

const scale = { default: 1, about: "what f is multiplied by; 1 keeps f(1) = 1", min: 0 } as const;

export const constant = defineThreshold({
  name: "constant",
  about: "f = 0: the threshold is delta, whatever P_gt is.",
  source: "Eq. 5; Wang et al., SCN, CVPR 2020, arXiv:2002.10392",
  parameters: {},
  f: () => 0,
});

export const linear = defineThreshold({
  name: "linear",
  about: "f(p) = scale * p",
  source: "Figure 5(a); the formula is this project's reading",
  parameters: { scale },
  f: (pGt, parameters) => parameters.scale * pGt,
});

export const quadratic = defineThreshold({
  name: "quadratic",
  about: "f(p) = scale * p^2",
  source: "Figure 5(a); the formula is this project's reading",
  parameters: { scale },
  f: (pGt, parameters) => parameters.scale * pGt * pGt,
});

export const sigmoid = defineThreshold({
  name: "sigmoid",
  about: "f(p) = scale / (1 + exp(-k (p - x0)))",
  source: "Figure 5(a); the formula is this project's reading",
  parameters: {
    scale,
    k: { default: 10, about: "steepness: the slope at x0 is scale * k / 4", min: 0 },
    x0: { default: 0.5, about: "the P_gt at which f is half of scale" },
  },
  f: (pGt, parameters) => parameters.scale / (1 + Math.exp(-parameters.k * (pGt - parameters.x0))),
});

/** Every built-in definition, by the name typed after `--threshold`, in the order of Table 2. */
export const thresholds = {
  constant,
  linear,
  quadratic,
  sigmoid,
} as const satisfies Record<string, ThresholdDefinition>;

export type BuiltInName = keyof typeof thresholds;
