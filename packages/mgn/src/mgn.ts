/** @file Generator and discriminator together, with the names they have in a program. */
import { declareNetwork, nn } from "@mvt/core";
import type { deit, NetworkConfig, StateSlot } from "@mvt/core";
import type { GeneratorConfig } from "./config.ts";
import { MgnError } from "./error.ts";
import { declareGenerator, type MaskGenerator } from "./generator.ts";

/** The scope of the generator's parameters in every program: "generator.norm.weight". */
export const generatorScope = "generator";
/** The scope of the discriminator's parameters. */
export const discriminatorScope = "discriminator";

export interface Mgn {
  readonly generator: nn.Declared<MaskGenerator>;
  /** "An extra ViT" (section 3.2): of the classifier's kind, since no other is named. */
  readonly discriminator: nn.Declared<deit.Vit>;
}

/** A generator whose parameters stand under `generatorScope`, for any program it is part of. */
export function declareScopedGenerator(config: GeneratorConfig): nn.Declared<MaskGenerator> {
  return nn.declareParameters((scope) => declareGenerator(scope.at(generatorScope), config));
}

/** Throws MgnError if the two do not cut images into the same patches. */
export function declareMgn(generator: GeneratorConfig, discriminator: NetworkConfig): Mgn {
  for (const size of ["imageSize", "patchSize"] as const) {
    if (generator[size] !== discriminator[size]) {
      throw new MgnError(
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

/** Parameters as state that never changes. */
export function frozen(parameters: readonly nn.Declaration[]): readonly StateSlot[] {
  return parameters.map(({ tensor }) => ({ input: tensor }));
}
