/** @file The configuration of a mask generator. */
import { UserError } from "@mvt/common";
import type { BackboneConfig } from "@mvt/core";

export interface GeneratorConfig extends BackboneConfig {
  /** m of Eq. 2, in (0, 1): the share of the image that inference removes. One generator per m. */
  readonly m: number;
  /**
   * Where the head's bias starts. Default "logit-m", so that M_avg is near m at the first step; the
   * paper does not say. With "zero", M_avg starts near 1/2.
   */
  readonly headBias?: "logit-m" | "zero";
}

/** A generator for a backbone: its first half ("the first six layers of DeiT-S", section 4.2). */
export function generatorConfig(
  backbone: BackboneConfig & { readonly classes?: number },
  m: number,
): GeneratorConfig {
  const { classes: _classes, ...shared } = backbone;
  return { ...shared, depth: Math.max(1, Math.floor(backbone.depth / 2)), m };
}

/** Throws UserError unless 0 < m < 1; the message begins with `who`. */
export function requireM(who: string, m: number): void {
  if (m > 0 && m < 1) return;
  throw new UserError(
    `${who}: expected m, the share of the image to remove, between 0 and 1, got ${m}; the paper uses 0.15 for RAF-DB and AffectNet and 0.2 for FERPlus.`,
  );
}
