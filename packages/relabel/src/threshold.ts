/**
 * @file Threshold functions: their types, and how to define one.
 *
 * Li et al., "MVT: Mask Vision Transformer for Facial Expression Recognition in the wild",
 * arXiv:2106.04520, section 3.3. Eq. 6 relabels a sample when P_max - P_gt > f(P_gt) + delta, where
 * "f is a nonnegative monotone increasing function of P_gt".
 */

/**
 * What a function may know of an image besides its P_gt, if its definition says `context: true`.
 *
 * The arrays are views of what the relabeller keeps: read them, do not write to them or keep them.
 */
export interface ThresholdContext {
  /** The index in `classes` of the label whose probability is P_gt. */
  readonly label: number;
  /** [K] The names of the classes, in the order of the probabilities. */
  readonly classes: readonly string[];
  /** The epoch of the decision, counted from 1. */
  readonly epoch: number;
  /**
   * [K] The moving average of the image's probabilities over the training steps that drew it, the present one
   * included. `averageDecay` says how the past is weighed.
   */
  readonly meanProbabilities: ArrayLike<number>;
  /**
   * [K] For each class k, the mean of P_gt over the images that carry the label k, as they were last seen before the
   * epoch; 1 / K for a class of which no image has been seen. The probabilities are of the kind that Eq. 6 decides
   * on: if it decides on a pass over the training set, those of that pass.
   */
  readonly classConfidence: ArrayLike<number>;
}

/** A threshold function f with values for its parameters, as Eq. 6 evaluates it. */
export interface Threshold {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  /**
   * f(P_gt) for P_gt in [0, 1]; nonnegative and never decreasing. If f depends on the image, this is f in
   * `neutralContext`, for curves and cut-offs.
   */
  readonly f: (pGt: number) => number;
  /** f(P_gt) for an image; absent if f depends on P_gt alone. */
  readonly inContext?: (pGt: number, context: ThresholdContext) => number;
}

/** A number that can be set from the command line: `--threshold sigmoid:k=20`. */
export interface Parameter {
  readonly default: number;
  /** What it means, in a few words: "steepness". */
  readonly about: string;
  /** The smallest allowed value, inclusive. */
  readonly min?: number;
  /** The largest allowed value, inclusive. */
  readonly max?: number;
}

/** A family of threshold functions: what a plugin exports. `Name` is the union of its parameters' names. */
export interface ThresholdDefinition<Name extends string = string> {
  /** Names the rows of tables. */
  readonly name: string;
  /** One sentence: what the function does. */
  readonly about: string;
  /** Where it comes from: a paper and an equation, or a reason. */
  readonly source?: string;
  /** Empty if there is nothing to set. */
  readonly parameters: Readonly<Record<Name, Parameter>>;
  /** Says that f takes a context. Absent for a function of P_gt alone, whose f gets no third argument. */
  readonly context?: true;
  /**
   * f(P_gt) under these parameter values, in this context. Must not depend on anything else. It is checked on a grid of
   * [0, 1] before it is used, in each of `exampleContexts` if it takes a context. Declared as a method so that a
   * definition with known parameter names can be passed as a ThresholdDefinition.
   */
  f(pGt: number, parameters: Readonly<Record<Name, number>>, context: ThresholdContext): number;
}

/**
 * Returns the definition unchanged. TypeScript infers the names of its parameters for the second argument of f.
 *
 *     export default defineThreshold({
 *       name: "power",
 *       about: "scale * P_gt ^ exponent",
 *       parameters: { exponent: { default: 3, about: "how late it rises", min: 0 } },
 *       f: (pGt, { exponent }) => pGt ** exponent,
 *     });
 */
export function defineThreshold<const Name extends string = never>(
  definition: ThresholdDefinition<Name>,
): ThresholdDefinition<Name> {
  return definition;
}
