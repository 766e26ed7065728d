/** @file metrics.jsonl, read back. */
import { UserError } from "@mvt/common";
import { describe, expect, test } from "vitest";
import { epochMetrics } from "../src/runs/result.ts";
import { parseMetrics } from "../src/runs/read-metrics.ts";
import { metrics } from "./fuzz/examples.ts";

const path = "runs/3f2a/metrics.jsonl";
const textOf = (lines: readonly unknown[]) =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("metrics.jsonl", () => {
  test("is read as it was written", () => {
    expect(parseMetrics(textOf(metrics), path, epochMetrics)).toEqual(metrics);
  });

  test.for([
    ["a line that is no JSON", `${textOf(metrics.slice(0, 1))}{"epoch":`, 2],
    ["a line without its loss", textOf([{ ...metrics[0]!, loss: undefined }]), 1],
    ["an epoch that is missing", textOf(metrics.slice(1)), 1],
    ["nothing in it", "", 1],
  ] as const)("is refused with %s", ([, text, line]) => {
    const attempt = () => parseMetrics(text, path, epochMetrics);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(
      `${path}:${line}: expected the measures of epoch ${line}, found something else. Remove the run's folder to train it again.`,
    );
  });
});
