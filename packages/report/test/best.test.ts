import { table2 } from "@mvt/report/tables/table2";
import type { Table2Row } from "@mvt/report/tables/table2";
import { describe, expect, test } from "vitest";
import { provenance, row, run } from "./fixtures/runs.ts";

const ranked = (rows: readonly Table2Row[]) => {
  const table = table2.build(rows, provenance("synthetic"), { select: "last" });
  const best = table.rows.flatMap(({ cells: { title, accuracy } }) =>
    accuracy?.kind === "accuracy" && accuracy.best === true && title?.kind === "text"
      ? [title.text]
      : [],
  );
  return { best, notes: table.notes };
};

describe("the best row of a data set", () => {
  test("has the highest mean", () => {
    const rows = [row("constant", [run(0, 300)]), row("linear", [run(0, 400)])];
    expect(ranked(rows)).toEqual({ best: ["Linear"], notes: [] });
  });

  test("is shared by equals", () => {
    const rows = [
      row("constant", [run(0, 400), run(1, 300), run(2, 311)]),
      row("linear", [run(0, 300), run(1, 311), run(2, 400)]),
    ];
    expect(ranked(rows)).toEqual({
      best: ["Constant (baseline)", "Linear"],
      notes: ["RAF-DB: Constant (baseline) and Linear are equal."],
    });
  });

  test("comes with a warning if one standard error would hide the difference", () => {
    // Near 400 of 500: √2 √(0.8 · 0.2 / 500) = 2.5 points, 12.6 images.
    const close = [row("linear", [run(0, 388)]), row("sigmoid", [run(0, 400)])];
    const apart = [row("linear", [run(0, 386)]), row("sigmoid", [run(0, 400)])];
    expect(ranked(close).notes).toEqual([
      "RAF-DB: Linear is within one standard error of the best row, Sigmoid. The difference may be chance.",
    ]);
    expect(ranked(apart).notes).toEqual([]);
  });

  test("does not exist if there is nothing to compare with", () => {
    expect(ranked([row("linear", [run(0, 400)])]).best).toEqual([]);
  });
});
