/** @file Whether the weights of a run's file are those of its network. */
import { UserError } from "@mvt/common";
import { formatShape, sameShape } from "@mvt/core";
import type { nn, Weights } from "@mvt/core";

/**
 * Throws a UserError that names the file unless it has every parameter in its shape: a file of another version, or of another
 * network.
 *
 * @param source the path of the file
 */
export function requireWeights(
  weights: Weights,
  parameters: readonly nn.Declaration[],
  source: string,
): void {
  for (const { name, tensor } of parameters) {
    const given = weights.get(name);
    if (given !== undefined && sameShape(given.shape, tensor.shape)) continue;
    throw new UserError(
      `${source}: expected ${name} of shape ${formatShape(tensor.shape)}, found ${given ? formatShape(given.shape) : "none"}`,
      { advice: "Remove the run's folder to train it again." },
    );
  }
}
