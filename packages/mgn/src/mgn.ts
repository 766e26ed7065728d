/**
 * @file Generator and discriminator together, and the names of their weights.
 *
 * A program that holds both networks names their weights by scope: "generator.norm.weight",
 * "discriminator.norm.weight". A file that holds one network has timm's plain "norm.weight".
 */
import { UserError } from "@mvt/common";
import { declareNetwork, nn } from "@mvt/core";
import type { deit, NetworkConfig, StateSlot, Weights } from "@mvt/core";
import type { GeneratorConfig } from "./config.ts";
import { declareGenerator, type MaskGenerator } from "./generator.ts";

/** The scope of the generator's parameters in every program: "generator.norm.weight". */
export const generatorScope = "generator";
/** The scope of the discriminator's parameters. */
export const discriminatorScope = "discriminator";

export interface Mgn {
  readonly generator: nn.Declared<MaskGenerator>;
  /** "An extra ViT" (section 3.2): built as the classifier, since the paper names no other. */
  readonly discriminator: nn.Declared<deit.Vit>;
}

/** A generator whose parameters are named under `generatorScope`, for any program it is part of. */
export function declareScopedGenerator(config: GeneratorConfig): nn.Declared<MaskGenerator> {
  return nn.declareParameters((scope) => declareGenerator(scope.at(generatorScope), config));
}

/** Throws UserError if the two do not cut images into the same patches. */
export function declareMgn(generator: GeneratorConfig, discriminator: NetworkConfig): Mgn {
  for (const size of ["imageSize", "patchSize"] as const) {
    if (generator[size] !== discriminator[size]) {
      throw new UserError(
        `MGN: expected one ${size} for generator and discriminator, got ${generator[size]} and ${discriminator[size]}; make both from one backbone.`,
      );
    }
  }
  return {
    generator: declareScopedGenerator(generator),
    discriminator: nn.declareParameters((scope) =>
      declareNetwork(scope.at(discriminatorScope), discriminator),
    ),
  };
}

/** Parameters as state that a program reads and never writes. */
export function frozen(parameters: readonly nn.Declaration[]): readonly StateSlot[] {
  return parameters.map(({ tensor }) => ({ input: tensor }));
}

/** "norm.weight" becomes "generator.norm.weight". */
export function intoScope(scope: string, weights: Weights): Weights {
  return new Map([...weights].map(([name, array]) => [`${scope}.${name}`, array]));
}

/** "generator.norm.weight" becomes "norm.weight"; weights outside the scope are left out. */
export function outOfScope(scope: string, weights: Weights): Weights {
  const prefix = `${scope}.`;
  return new Map(
    [...weights]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.slice(prefix.length), array]),
  );
}
