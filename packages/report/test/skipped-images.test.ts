/** @file What reports say of images that were left out because they cannot be read. */
import { describe, expect, test } from "vitest";
import { provenanceList } from "../src/provenance.ts";
import { provenance } from "./fixtures/runs.ts";

/** The line on data of a report without these images. */
function dataLine(skipped: readonly string[] | undefined): string | undefined {
  const about = provenance("real");
  const data = about.data.map((each) => ({ ...each, ...(skipped && { skipped }) }));
  return provenanceList({ ...about, data }).find((line) => line.startsWith("Data:"));
}

describe("the line on data", () => {
  test("counts and names the images that were left out", () => {
    const line = dataLine(["train_00007 (0 bytes)"]);
    expect(line).toMatch(/, without 1 unreadable image: train_00007 \(0 bytes\)/);
    const many = dataLine(Array.from({ length: 12 }, (_, i) => `face ${i} (cut short)`));
    expect(many).toMatch(/, without 12 unreadable images: face 0 \(cut short\), .* and 2 more/);
  });

  test("says nothing where none was left out", () => {
    expect(dataLine(undefined)).not.toContain("unreadable");
  });
});
