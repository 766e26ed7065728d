/** @file The explanations that a model can give of its predictions; `deit/explain.ts` computes them. */

/** What each explanation is, in one line, by the name that `--explain` and a model's output have. */
export const explanationAbouts = {
  rollout: "attention rollout (Abnar and Zuidema 2020): where attention leads, whatever the class",
  gradient:
    "attention weighted by the gradient of the predicted class (Chefer et al. 2021): what speaks for that class",
} as const;

export type ExplanationName = keyof typeof explanationAbouts;

export const explanationNames = Object.keys(explanationAbouts) as readonly ExplanationName[];
