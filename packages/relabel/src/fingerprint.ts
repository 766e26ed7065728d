/** @file Which threshold a run was made with, when the name and the parameters can not tell. */
import { createHash } from "node:crypto";
import { grid } from "./instantiate.ts";
import type { Threshold } from "./threshold.ts";

/**
 * 16 hexadecimal digits of the SHA-256 of f's values on the grid.
 *
 * A plugin's file can change while its name stays, so a run that is kept under its configuration needs
 * this in the configuration too. Two functions that agree on the grid to 12 digits are the same one.
 */
export function fingerprint({ f }: Threshold): string {
  const values = grid.map((pGt) => f(pGt).toPrecision(12));
  return createHash("sha256").update(values.join()).digest("hex").slice(0, 16);
}
