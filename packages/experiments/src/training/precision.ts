/** @file Half precision: which engines compute in it. */
import type { Backend } from "@mvt/core";
import type { RunConfig } from "../settings/run-config.ts";
import { deviceOf } from "../engine/engine.ts";
import { UsageError } from "../usage-error.ts";
import type { Precision } from "./programs.ts";

/** In which precision a run computes its products. Mask generators train in float32. */
export function precisionOf({ training }: Pick<RunConfig, "training">): Precision {
  return ("precision" in training ? training.precision : undefined) ?? "float32";
}

/** Throws UsageError where the engine does not compute in the precision of one of these runs. */
export async function requirePrecision(
  backend: Backend,
  configs: readonly Pick<RunConfig, "training">[],
): Promise<void> {
  if (configs.every((config) => precisionOf(config) === "float32")) return;
  if (await backend.computesFloat16?.()) return;
  const wanted = "precision=float16: expected a GPU with 16-bit floats (WebGPU's shader-f16)";
  throw new UsageError(
    backend.device === "webgpu"
      ? `${wanted}, got ${deviceOf(backend)}, which has none. Train without --set precision=float16.`
      : `${wanted}, got ${backend.name} on ${deviceOf(backend)}. Add --device webgpu, or train without --set precision=float16.`,
  );
}
