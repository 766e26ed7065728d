/** @file What a folder of runs holds, and files damaged as a loss of power leaves them. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord, parseJson } from "@mvt/common";

/** The files below a folder, relative to it. */
function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

/** The SHA-256 of every file, by its name, of what does not depend on the clock; manifests are checked by the command itself. */
export function filesOfRuns(runs: string): ReadonlyMap<string, string> {
  return new Map(
    filesBelow(runs).map((name) => {
      if (name.endsWith("manifest.json")) return [name, "not compared"];
      const bytes = withoutClock(name, readFileSync(join(runs, name)));
      return [name, createHash("sha256").update(bytes).digest("hex")];
    }),
  );
}

function withoutClock(name: string, bytes: Buffer): Uint8Array | string {
  if (name.endsWith(".jsonl")) {
    return bytes.toString("utf8").replaceAll(/"imagesPerSecond":\d+/g, '"imagesPerSecond":0');
  }
  if (!name.endsWith("result.json")) return bytes;
  const parsed = parseJson(bytes.toString("utf8"));
  if (!isRecord(parsed)) return bytes; // damaged
  const { madeBy: _, ...result } = parsed;
  return JSON.stringify(result);
}

/** The step of the newest checkpoint of every run. */
export function newestCheckpoints(runs: string): ReadonlyMap<string, number> {
  const newest = new Map<string, number>();
  for (const name of filesBelow(runs)) {
    const match = name.match(/^(\w+)\/checkpoint-(\d+)\.safetensors$/);
    if (match) newest.set(match[1]!, Math.max(newest.get(match[1]!) ?? 0, Number(match[2])));
  }
  return newest;
}

/** Zeroes the second half of the file that was written last. */
export function zeroTailOfNewest(runs: string): void {
  const written = filesBelow(runs).map((name) => ({
    path: join(runs, name),
    time: statSync(join(runs, name)).mtimeMs,
  }));
  const newest = written.toSorted((a, b) => b.time - a.time)[0];
  if (newest === undefined) return;
  const bytes = readFileSync(newest.path);
  bytes.fill(0, bytes.length >> 1);
  writeFileSync(newest.path, bytes);
}
