/** @file Soft and binary forms of M_p. */
import { dims, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { maskedPatchCount, topK } from "./top-k.ts";

/**
 * - soft: as the sigmoid gives it. The paper multiplies by it and says nothing of thresholds.
 * - hard: 1 above the threshold, 0 up to it.
 * - top-k: 1 for the round(m N) patches of highest M_p, 0 for the others; of equal ones the first.
 *
 * The last two are for evaluation and export: no gradient passes them.
 */
export type MaskForm =
  | { readonly kind: "soft" }
  | { readonly kind: "hard"; readonly threshold: number }
  | { readonly kind: "top-k"; readonly m: number };

/** M_p [B, N] in another form, [B, N]. */
export function shapeMask(Mp: Tensor, form: MaskForm): Tensor {
  switch (form.kind) {
    case "soft":
      return Mp;
    case "hard":
      return ops.cast(ops.greater(Mp, form.threshold), "float32");
    case "top-k": {
      const [, N] = dims(Mp, "B N");
      return topK(Mp, maskedPatchCount(form.m, N));
    }
  }
}
