import {
  clutterTable,
  figure2,
  figure5,
  figure6,
  masksTable,
  table1,
  table2,
  table3,
  table4,
  table5,
  toMarkdown,
} from "@mvt/report";
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

  test("have their title as heading", () => {
    const table = table1.build([ratioRow(0, [300])], provenance("synthetic"), { select: "last" });
    expect(toMarkdown(table).split("\n")[0]).toBe(`# ${table1.title}`);
  });
});
