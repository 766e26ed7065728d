/** @file A short fuzzing, for the tests of a package. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fuzz, type FuzzReport } from "./run.ts";

/** A few of each parser's inputs, always the same: what a test has time for. `pnpm fuzz` takes many. */
const inputsPerTarget = 60;

/** Fuzzes the parsers of `module` with a few inputs each, on a fixed seed. */
export function fuzzBriefly(module: URL): Promise<FuzzReport> {
  const folder = join(tmpdir(), "mvt-fuzz-failures");
  return fuzz(module, { seed: 15, inputs: inputsPerTarget, folder });
}
