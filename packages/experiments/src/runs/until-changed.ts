/** @file What was read from files, kept in memory until one of them changes. */
import { statSync } from "node:fs";

/** A file that changed less than this before it was read is read again: a second change could carry the same time. */
const settlingTime = 2_000_000_000n; // nanoseconds

/** Reads what depends on these files, or gives what was read before where none of them has changed since. */
export type ReadOnce<Value> = (
  paths: readonly string[],
  read: () => Promise<Value>,
) => Promise<Value>;

/**
 * Keeps what is read by the paths of the files. Two commands of one process, or two parts of a report, then read a run once.
 */
export function untilChanged<Value>(): ReadOnce<Value> {
  const kept = new Map<string, { readonly stamp: string; readonly value: Value }>();
  return async (paths, read) => {
    const key = paths.join("\0");
    const stamp = stampOf(paths);
    const before = kept.get(key);
    if (before !== undefined && before.stamp === stamp) return before.value;
    const value = await read();
    if (stamp !== undefined && stampOf(paths) === stamp) kept.set(key, { stamp, value });
    return value;
  };
}

/** What changes whenever one of the files does; undefined where one cannot be looked up or has just changed. */
function stampOf(paths: readonly string[]): string | undefined {
  const settled = BigInt(Date.now()) * 1_000_000n - settlingTime;
  const stamps: string[] = [];
  try {
    for (const path of paths) {
      const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
      if (ctimeNs > settled) return undefined;
      stamps.push([dev, ino, size, mtimeNs, ctimeNs].join(" "));
    }
  } catch {
    return undefined; // whoever reads it says why
  }
  return stamps.join("\n");
}
