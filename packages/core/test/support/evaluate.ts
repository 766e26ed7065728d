/** @file Computes tensors once, for tests. */
import { onnxBackend } from "@mvt/core";
import type { Backend, Feeds, Tensor } from "@mvt/core";

const backend = await onnxBackend({ threads: 1 });

/** The values of `outputs`, given values for the inputs they depend on. */
export const evaluate = <Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
  inputs: readonly Tensor[] = [],
  feeds: Feeds = {},
) => evaluateOn(backend, outputs, inputs, feeds);

/** The same, on an engine of one's choice. */
export async function evaluateOn<Name extends string>(
  engine: Backend,
  outputs: Readonly<Record<Name, Tensor>>,
  inputs: readonly Tensor[] = [],
  feeds: Feeds = {},
): Promise<Readonly<Record<Name, Float32Array>>> {
  const executable = await engine.compile({ inputs, outputs, state: [] });
  try {
    return await executable.run(feeds);
  } finally {
    await executable.dispose();
  }
}

export { backend };
