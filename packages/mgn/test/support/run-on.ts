/** @file Runs a program for some steps. */
import type { Backend, Feeds, Program, Results, Weights } from "@mvt/core";

/** The results of the last of so many steps from the given weights, and the state after it. */
export async function runOn(
  backend: Backend,
  program: Program,
  weights: Weights,
  feeds: Feeds,
  steps: number,
) {
  const executable = await backend.compile(program);
  try {
    await executable.writeState(weights);
    let results: Results = {};
    for (let step = 1; step <= steps; step += 1) {
      results = await executable.run({ ...feeds, step: Float32Array.of(step) });
    }
    return { results, state: await executable.readState() };
  } finally {
    await executable.dispose();
  }
}
