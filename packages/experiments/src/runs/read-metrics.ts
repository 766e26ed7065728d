/** @file Reads metrics.jsonl, in which a run keeps what each epoch measured. */
import { parseJson } from "@mvt/common";
import type { z } from "zod";
import { damaged } from "./csv-table.ts";
import type { RunFolder } from "./run-folder.ts";

/** The schema of a line: `epochMetrics` of a classifier, `mgnMetrics` of a mask generator. */
type LineSchema<Line> = z.ZodType<Line>;

/** One entry per epoch, in their order. Throws a UserError that names the file, and the line if there is one. */
export async function readMetrics<Line extends { readonly epoch: number }>(
  run: RunFolder,
  schema: LineSchema<Line>,
): Promise<readonly Line[]> {
  const path = run.path("metrics.jsonl");
  const bytes = await run.read("metrics.jsonl");
  if (bytes === undefined) throw damaged(path, "a line per epoch", "none");
  return parseMetrics(bytes.toString("utf8"), path, schema);
}

/** `path` names the file in errors. */
export function parseMetrics<Line extends { readonly epoch: number }>(
  text: string,
  path: string,
  schema: LineSchema<Line>,
): readonly Line[] {
  const lines = text.trimEnd().split("\n");
  return lines.map((line, i) => {
    const parsed = schema.safeParse(parseJson(line));
    if (parsed.success && parsed.data.epoch === i + 1) return parsed.data;
    throw damaged(`${path}:${i + 1}`, `the measures of epoch ${i + 1}`, "something else");
  });
}
