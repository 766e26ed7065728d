import { paper } from "@mvt/report";
import { describe, expect, test } from "vitest";

describe("the paper's Table 2", () => {
  test("holds the numbers as printed", () => {
    const lines = paper.table2.results.map(
      ({ dataset, f, percent }) => `${dataset} ${f} ${percent}`,
    );
    expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      RAF-DB constant 86.86
      RAF-DB linear 87.09
      RAF-DB quadratic 87.2
      RAF-DB sigmoid 87.45
      FERPlus constant 88.22
      FERPlus linear 88.32
      FERPlus quadratic 88.68
      FERPlus sigmoid 88.52
      "
    `);
  });

  test("says where they are printed", () => {
    expect(`${paper.table2.table}, ${paper.table2.section}`).toBe("Table 2, section 4.3");
  });

  test("is best with sigmoid on RAF-DB and quadratic on FERPlus, as section 4.3 says", () => {
    const best = (dataset: string) =>
      paper.table2.results
        .filter((result) => result.dataset === dataset)
        .reduce((a, b) => (b.percent > a.percent ? b : a)).f;
    expect([best("RAF-DB"), best("FERPlus")]).toEqual(["sigmoid", "quadratic"]);
  });
});
