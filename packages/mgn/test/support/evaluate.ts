/** @file Computes tensors once, for tests. */
import { onnxBackend } from "@mvt/core";
import type { Feeds, Tensor } from "@mvt/core";

export const backend = await onnxBackend({ threads: 1 });

/** The values of `outputs`, given values for the inputs they depend on. */
export async function evaluate<Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
  inputs: readonly Tensor[] = [],
  feeds: Feeds = {},
): Promise<Readonly<Record<Name, Float32Array>>> {
  const executable = await backend.compile({ inputs, outputs, state: [] });
  try {
    return await executable.run(feeds);
  } finally {
    await executable.dispose();
  }
}
