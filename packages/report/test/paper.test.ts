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

describe("the paper's Table 1", () => {
  test("holds the numbers as printed", () => {
    const lines = paper.table1.results.map(
      ({ dataset, m, percent }) => `${dataset} ${m} ${percent}`,
    );
    expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      RAF-DB 0 86.7
      RAF-DB 0.1 87.52
      RAF-DB 0.15 87.91
      RAF-DB 0.2 87.45
      FERPlus 0 87.92
      FERPlus 0.1 88.45
      FERPlus 0.15 88.58
      FERPlus 0.2 88.88
      "
    `);
  });

  test("is best at 15 % on RAF-DB and at 20 % on FERPlus, as section 4.3 says", () => {
    expect([bestOf("RAF-DB"), bestOf("FERPlus")]).toEqual([0.15, 0.2]);
  });

  const bestOf = (dataset: string) =>
    paper.table1.results
      .filter((result) => result.dataset === dataset)
      .reduce((a, b) => (b.percent > a.percent ? b : a)).m;
});

describe("the paper's Table 3", () => {
  const { results } = paper.table3;
  const percent = (dataset: string, m: number | undefined, f: string | undefined) =>
    results.find((result) => result.dataset === dataset && result.m === m && result.f === f)
      ?.percent;

  test("holds the numbers as printed", () => {
    const lines = results.map(
      ({ dataset, m, f, percent: p }) => `${dataset} ${m ?? "-"} ${f ?? "-"} ${p}`,
    );
    expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      RAF-DB - - 86.67
      RAF-DB 0.15 - 87.91
      RAF-DB - sigmoid 87.45
      RAF-DB 0.15 sigmoid 88.62
      FERPlus - - 87.92
      FERPlus 0.2 - 88.88
      FERPlus - quadratic 88.68
      FERPlus 0.2 quadratic 89.22
      AffectNet-7 - - 63.79
      AffectNet-7 0.15 - 64.57
      "
    `);
  });

  test("gains 1.24, 0.96 and 0.78 points by MGN, as section 4.3 says", () => {
    const gain = (dataset: string, m: number) =>
      percent(dataset, m, undefined)! - percent(dataset, undefined, undefined)!;
    expect([gain("RAF-DB", 0.15), gain("FERPlus", 0.2), gain("AffectNet-7", 0.15)]).toBeAllClose(
      [1.24, 0.96, 0.78],
      { atol: 1e-9 },
    );
  });

  test("agrees with Table 1 on MGN alone, and with Table 2 on relabelling alone", () => {
    const table1 = paper.table1.results.map((result) => [result.dataset, result.m, result.percent]);
    const table2 = paper.table2.results.map((result) => [result.dataset, result.f, result.percent]);
    const ablated = results.filter(({ dataset }) => dataset !== "AffectNet-7");
    const masked = ablated.filter(({ m, f }) => m !== undefined && f === undefined);
    const relabelled = ablated.filter(({ m, f }) => m === undefined && f !== undefined);
    expect(table1).toEqual(
      expect.arrayContaining(masked.map((result) => [result.dataset, result.m, result.percent])),
    );
    expect(table2).toEqual(
      expect.arrayContaining(relabelled.map(({ dataset, f, percent: p }) => [dataset, f, p])),
    );
    expect([masked.length, relabelled.length]).toEqual([2, 2]);
  });
});
