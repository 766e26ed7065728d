/** @file Reads metrics.jsonl, in which a classifier keeps what each epoch measured. */
import { parseJson } from "@mvt/common";
import { damaged } from "./csv-table.ts";
import { epochMetrics } from "./result.ts";
import type { EpochMetrics } from "./result.ts";
import type { RunFolder } from "./run-folder.ts";

/** One entry per epoch of a classifier, in their order. Throws a UserError that names the file, and the line if there is one. */
export async function readMetrics(run: RunFolder): Promise<readonly EpochMetrics[]> {
  const path = run.path("metrics.jsonl");
  const bytes = await run.read("metrics.jsonl");
  if (bytes === undefined) throw damaged(path, "a line per epoch", "none");
  return parseMetrics(bytes.toString("utf8"), path);
}

/** `path` names the file in errors. */
export function parseMetrics(text: string, path: string): readonly EpochMetrics[] {
  const lines = text.trimEnd().split("\n");
  return lines.map((line, i) => {
    const parsed = epochMetrics.safeParse(parseJson(line));
    if (parsed.success && parsed.data.epoch === i + 1) return parsed.data;
    throw damaged(`${path}:${i + 1}`, `the measures of epoch ${i + 1}`, "something else");
  });
}
