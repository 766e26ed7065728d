/** @file Whether the weights of a run's file are those of its network. */
import { UserError } from "@mvt/common";
import { formatShape, sameShape } from "@mvt/core";
import type { nn, Weights } from "@mvt/core";

/** A parameter of a network, under its name in the weights. */
export type ExpectedParameter = Pick<nn.Declaration, "name" | "tensor">;

/**
 * Throws a UserError that names the file unless it has every parameter in its shape: a file of another version, or of another
 * network.
 *
 * @param source the path of the file
 */
export function requireWeights(
  weights: Weights,
  parameters: readonly ExpectedParameter[],
  source: string,
): void {
  const wrong = wrongParameter(weights, parameters);
  if (wrong === undefined) return;
  const { name, expected, found } = wrong;
  throw new UserError(`${source}: expected ${name} of shape ${expected}, found ${found}`, {
    advice: "Remove the run's folder to train it again.",
  });
}

/** The first parameter that the weights lack, or have in another shape; shapes as words, such as "[7, 32]" or "none". */
export function wrongParameter(weights: Weights, parameters: readonly ExpectedParameter[]) {
  for (const { name, tensor } of parameters) {
    const given = weights.get(name);
    if (given !== undefined && sameShape(given.shape, tensor.shape)) continue;
    const found = given ? formatShape(given.shape) : "none";
    return { name, expected: formatShape(tensor.shape), found };
  }
  return undefined;
}
