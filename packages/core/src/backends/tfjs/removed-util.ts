/** @file Functions of Node's `util` that tfjs-node 4.22 calls, and that Node has removed or is about to. */
import { createRequire } from "node:module";

/**
 * Puts back `util.isNullOrUndefined`, which Node 23 removed, and `util.isArray`, which Node 26 has only with a
 * warning; in this thread. A fix was merged in April 2025 (https://github.com/tensorflow/tfjs/issues/8425) and
 * never released.
 */
export function restoreRemovedUtil(): void {
  const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;
  util["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined;
  util["isArray"] = Array.isArray;
}
