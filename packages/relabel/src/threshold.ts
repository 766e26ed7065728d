/**
 * @file Threshold functions: their types, and how to define one.
 *
 * Li et al., "MVT: Mask Vision Transformer for Facial Expression Recognition in the wild",
 * arXiv:2106.04520, section 3.3. Eq. 6 relabels a sample when P_max - P_gt > f(P_gt) + delta, where
 * "f is a nonnegative monotone increasing function of P_gt".
 */

/** A threshold function f with values for its parameters, as Eq. 6 evaluates it. */
export interface Threshold {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** f(P_gt) for P_gt in [0, 1]; nonnegative and never decreasing. */
  readonly f: (pGt: number) => number;
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
  /**
   * f(P_gt) under these parameter values. Must not depend on anything else. It is checked on a grid of
   * [0, 1] before it is used. Declared as a method so that a definition with known parameter names can be
   * passed as a ThresholdDefinition.
   */
  f(pGt: number, parameters: Readonly<Record<Name, number>>): number;
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
