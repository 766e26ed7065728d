import { toMarkdown } from "@mvt/report";
import { figure2 } from "@mvt/report/figures/figure2";
import { figure5 } from "@mvt/report/figures/figure5";
import { figure6 } from "@mvt/report/figures/figure6";
import { clutterTable } from "@mvt/report/tables/clutter-table";
import { masksTable } from "@mvt/report/tables/masks-table";
import { table1 } from "@mvt/report/tables/table1";
import { table2 } from "@mvt/report/tables/table2";
import { table3 } from "@mvt/report/tables/table3";
import { table4 } from "@mvt/report/tables/table4";
import { table5 } from "@mvt/report/tables/table5";
import { describe, expect, test } from "vitest";
import { ratioRow } from "./fixtures/modules.ts";
import { provenance } from "./fixtures/runs.ts";

const all = [
  table1,
  table2,
  table3,
  table4,
  table5,
  figure2,
  figure5,
  figure6,
  masksTable,
  clutterTable,
];

describe("the tables and figures", () => {
  test("have a name and one line of title each, as help lists them", () => {
    const lines = all.map(({ id, title }) => `${id.padEnd(8)} ${title}`);
    expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      table1   Table 1: accuracy by mask ratio m, without relabelling
      table2   Table 2: accuracy by relabelling threshold function f, without MGN
      table3   Table 3: accuracy with and without MGN and dynamic relabelling
      table4   Table 4: MVT compared with other methods
      table5   Table 5: MVT on occluded and turned faces
      figure2  Figure 2: masks
      figure5  Figure 5: relabelling threshold functions
      figure6  Figure 6: confusion matrices
      masks    Masks against the ground truth
      clutter  Accuracy as clutter and occlusion grow
      "
    `);
  });

  test("do not send control characters of names to the terminal", () => {
    const named = { ...table1, title: "Table \u001B[2J1" };
    const table = named.build([ratioRow(0, [300])], provenance("synthetic"), { select: "last" });
    const text = toMarkdown({ ...table, title: named.title, notes: ["a \u009B b"] });
    expect(text.split("\n")[0]).toBe(String.raw`# Table \x1b[2J1`);
    expect(text).toContain(String.raw`a \x9b b`);
  });

  test("have their title as heading", () => {
    const table = table1.build([ratioRow(0, [300])], provenance("synthetic"), { select: "last" });
    expect(toMarkdown(table).split("\n")[0]).toBe(`# ${table1.title}`);
  });
});
