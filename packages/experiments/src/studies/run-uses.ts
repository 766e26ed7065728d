/** @file What the runs of a command may do. Options that none of its runs can use are refused. */

/** Each with what a command without it is told. */
export const runUses = {
  relabelling: "which relabels",
  thresholds: "which compares functions f",
  "threshold-rows": "whose rows are functions f",
  generators: "which trains mask generators",
  "masked-classifiers": "which trains classifiers on the masks of a generator",
  data: "which reads data sets",
  recipe: "which trains by one recipe",
  settings: "which trains by the scale's settings",
} as const;
export type RunUse = keyof typeof runUses;
