import { toCsv, toMarkdown } from "@mvt/report";
import { clutterTable } from "@mvt/report/tables/clutter-table";
import type { ClutterMask, ClutterRow } from "@mvt/report/tables/clutter-table";
import { describe, expect, test } from "vitest";
import { provenance, run } from "./fixtures/runs.ts";

const options = { m: 0.5, select: "validation" } as const;

function row(mask: ClutterMask, counts: readonly number[], dataset = "RAF-DB"): ClutterRow {
  const runs = counts.map((k, seed) => run(seed, k));
  return { dataset, kind: "synthetic", mask, runs };
}

const tableOf = (rows: readonly ClutterRow[]) =>
  clutterTable.build(rows, provenance("synthetic"), options);

const lines = (rows: readonly ClutterRow[]) =>
  toMarkdown(tableOf(rows))
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => line.startsWith("| RAF-DB"))
    .map((line) => line.replaceAll(/ +/g, " "));

describe("the table of clutter", () => {
  test("compares every mask with no mask: its gain, and whether that may be chance", () => {
    expect(
      lines([row("corners", [292, 308]), row("mgn", [395, 405]), row("none", [295, 305])]),
    ).toEqual([
      "| RAF-DB | None | 60.0 ± 1.4 (295, 305 of 500) | – |",
      // √(0.8 · 0.2 / 500) and √(0.6 · 0.4 / 500) are 1.79 and 2.19 points, more than over seeds.
      "| RAF-DB | MGN | **80.0 ± 1.4** (395, 405 of 500) | +20.0, SE 2.8 (beyond 2 SE) |",
      "| RAF-DB | Corners | 60.0 ± 2.3 (292, 308 of 500) | +0.0, SE 3.1 |",
    ]);
  });

  test("prints a loss with its sign, and has both numbers in the CSV", () => {
    const rows = [row("none", [300]), row("random", [250])];
    expect(lines(rows)[1]).toContain("−10.0, SE 3.1 (beyond 2 SE)");
    const { cells } = tableOf(rows).rows[1]!;
    expect(cells["gain"]).toEqual({ kind: "points", value: expect.closeTo(-0.1, 12) });
    // √(0.6 · 0.4 / 500) and √(0.5 · 0.5 / 500)
    expect(cells["gain_standard_error"]).toEqual({
      kind: "points",
      value: expect.closeTo(Math.hypot(0.02191, 0.02236), 4),
    });
    // In percentage points, as the accuracies beside them.
    expect(toCsv(tableOf(rows))).toContain("gain,gain_standard_error");
    expect(toCsv(tableOf(rows))).toContain(",-10.0000,3.1305,");
  });

  test("says in its title how much is removed", () => {
    expect(tableOf([row("none", [300])]).title).toContain("with 50 % of each image removed");
  });

  test("refuses a setting without the row to compare with, and a row that comes twice", () => {
    expect(() => tableOf([row("mgn", [300])])).toThrow(RangeError);
    const twice = [row("none", [300]), row("mgn", [300]), row("mgn", [301])];
    expect(() => tableOf(twice)).toThrow("expected one row for MGN masks on RAF-DB, got two");
  });
});
