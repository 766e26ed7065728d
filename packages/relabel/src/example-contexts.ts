/**
 * @file The contexts in which a function that takes one is checked and hashed, and the one in which it is drawn.
 *
 * Fingerprints, and so run ids, depend on them: a change here changes the ids of runs with such functions.
 */
import type { ThresholdContext } from "./threshold.ts";

/** Those of the data sets, so that a function which looks for a name finds it. */
const classes = [
  "surprise",
  "fear",
  "disgust",
  "happiness",
  "sadness",
  "anger",
  "neutral",
  "contempt",
] as const;
const K = classes.length;

const uniform: readonly number[] = classes.map(() => 1 / K);
const half: readonly number[] = classes.map(() => 0.5);
/** 0, 1/7, ..., 1: from a class that was never recognised to one that always was. */
const rising: readonly number[] = classes.map((_, k) => k / (K - 1));

/** 0.72 for class k and 0.04 for each other. */
const sureOf = (k: number): readonly number[] => classes.map((_, j) => (j === k ? 0.72 : 0.04));

/**
 * The context of curves and cut-offs: the first class, epoch 10, equal mean probabilities, and a mean P_gt of 1/2 in
 * every class.
 */
export const neutralContext: ThresholdContext = {
  label: 0,
  classes,
  epoch: 10,
  meanProbabilities: uniform,
  classConfidence: half,
};

/** Every label, early and late, with the network for and against it; `neutralContext` is the first. */
export const exampleContexts: readonly ThresholdContext[] = classes.flatMap((_, label) => {
  const other = (label + 1) % K;
  return [
    { ...neutralContext, label },
    { label, classes, epoch: 1, meanProbabilities: sureOf(label), classConfidence: uniform },
    { label, classes, epoch: 10, meanProbabilities: sureOf(other), classConfidence: rising },
    {
      label,
      classes,
      epoch: 40,
      meanProbabilities: sureOf(label),
      classConfidence: rising.toReversed(),
    },
  ];
});
