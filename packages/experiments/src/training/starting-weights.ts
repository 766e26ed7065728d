/** @file The initial weights of a run: drawn from its seed; all but the head may be pre-trained. */
import { UserError } from "@mvt/common";
import { formatShape, isHead, mayStartAnew, nn, sameShape } from "@mvt/core";
import type { Weights } from "@mvt/core";

/**
 * Initial values for `parameters`; those but the head's are taken from `pretrained` where it is given, and the norm of
 * average pooling where `pretrained` has one.
 *
 * @param source names the pre-trained weights in errors
 */
export function startingWeights(
  parameters: readonly nn.Declaration[],
  seed: number,
  pretrained?: { readonly weights: Weights; readonly source: string },
): Weights {
  const drawn = nn.initialWeights(parameters, seed);
  if (pretrained === undefined) return drawn;
  return new Map(
    [...drawn].map(([name, initial]) => {
      if (isHead(name)) return [name, initial]; // pre-trained for other classes
      const given = pretrained.weights.get(name);
      if (given === undefined && mayStartAnew(name)) return [name, initial];
      if (given === undefined || !sameShape(given.shape, initial.shape)) {
        throw new UserError(
          `${pretrained.source}: expected ${name} of shape ${formatShape(initial.shape)}, found ${given ? formatShape(given.shape) : "none"}. Use weights of the same variant and image size, with timm's names.`,
        );
      }
      return [name, given];
    }),
  );
}
