/**
 * @file Weights under a scope's name: a program that holds two networks tells "generator.norm.weight"
 * from "discriminator.norm.weight", a file of one network has timm's plain "norm.weight".
 */
import type { Weights } from "@mvt/core";

/** "norm.weight" becomes "generator.norm.weight". */
export function intoScope(scope: string, weights: Weights): Weights {
  return new Map([...weights].map(([name, array]) => [`${scope}.${name}`, array]));
}

/** "generator.norm.weight" becomes "norm.weight"; whatever is not under the scope is left out. */
export function outOfScope(scope: string, weights: Weights): Weights {
  const prefix = `${scope}.`;
  return new Map(
    [...weights]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.slice(prefix.length), array]),
  );
}
