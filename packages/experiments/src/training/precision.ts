/** @file Half precision: which engines compute in it. */
import type { Backend } from "@mvt/core";
import { deviceOf } from "../engine.ts";
import { UsageError } from "../usage-error.ts";
import type { Precision } from "./programs.ts";

/** Throws UsageError where the engine does not compute in this precision. */
export async function requirePrecision(
  backend: Backend,
  precision: Precision | undefined,
): Promise<void> {
  if (precision !== "float16" || (await backend.computesFloat16?.())) return;
  const wanted = "precision=float16: expected a GPU with 16-bit floats (WebGPU's shader-f16)";
  throw new UsageError(
    backend.device === "webgpu"
      ? `${wanted}, got ${deviceOf(backend)}, which has none. Train without --set precision=float16.`
      : `${wanted}, got ${backend.name} on ${deviceOf(backend)}. Add --device webgpu, or train without --set precision=float16.`,
  );
}
