/** @file Functions of Node's `util` that tfjs-node 4.22 calls, and that Node has removed or will remove. */
import { createRequire } from "node:module";

/**
 * Adds `util.isNullOrUndefined`, which Node 23 removed, and `util.isArray`, which prints a warning in Node 26. This
 * affects the current thread. TensorFlow.js merged a fix in April 2025 but has not released it
 * (https://github.com/tensorflow/tfjs/issues/8425).
 */
export function restoreRemovedUtil(): void {
  const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;
  util["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined;
  util["isArray"] = Array.isArray;
}
