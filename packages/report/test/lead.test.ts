/** @file The first sentence of tables of accuracies, and the comparisons that it rests on. */
import type { LabelledPredictions } from "@mvt/report";
import { toCsv, toMarkdown } from "@mvt/report";
import { table1 } from "@mvt/report/tables/table1";
import type { Table1Row } from "@mvt/report/tables/table1";
import { masksTable } from "@mvt/report/tables/masks-table";
import type { MaskSource, MasksRow } from "@mvt/report/tables/masks-table";
import { table4 } from "@mvt/report/tables/table4";
import { table5 } from "@mvt/report/tables/table5";
import { describe, expect, test } from "vitest";
import { bestRow, fourSets, subsetRow } from "./fixtures/methods.ts";
import { ratioRow } from "./fixtures/modules.ts";
import { provenance, run } from "./fixtures/runs.ts";

const build = (rows: readonly Table1Row[], select: "validation" | "last" = "validation") =>
  table1.build(rows, provenance("synthetic"), { select });

/** Of n images of two classes in turn, those whose place `isRight` accepts are predicted right. */
function answers(n: number, isRight: (image: number) => boolean): LabelledPredictions {
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const predicted = labels.map((label, i) => (isRight(i) ? label : 1 - label));
  return { classes: ["calm", "glad"], labels, predicted };
}

/** A row whose runs keep their predictions, one for each seed. */
function answered(m: number, ...seeds: readonly LabelledPredictions[]): Table1Row {
  const runs = seeds.map((predictions, seed) => {
    const { labels, predicted } = predictions;
    const k = labels.filter((label, i) => label === predicted[i]).length;
    return { ...run(seed, k, labels.length), predictions };
  });
  return { dataset: "RAF-DB", kind: "synthetic", m, runs };
}

describe("the first sentence", () => {
  test("names the rows that are clearly different, and how sure that is", () => {
    const rows = [
      ratioRow(0, [300, 306, 303, 299, 302]),
      ratioRow(0.1, [304, 303, 309, 301, 304]),
      ratioRow(0.15, [381, 379, 386, 380, 384]),
      ratioRow(0.2, [250, 259, 251, 248, 255]),
    ];
    expect(build(rows, "last").lead).toMatchInlineSnapshot(
      `"On RAF-DB, accuracy is clearly higher with m = 15 % (+16.0 ± 0.4 points, p below 0.001) and clearly lower with m = 20 % (−9.9 ± 0.2 points, p below 0.001) than with the baseline, and one row is not distinguishable from it (5 seeds, 500 test images, p corrected for 3 comparisons). One standard error of a row is 1.9 to 2.2 points."`,
    );
  });

  test("says that no row is distinguishable where that is so", () => {
    const rows = [ratioRow(0, [380, 392, 371]), ratioRow(0.15, [384, 389, 379])];
    expect(build(rows).lead).toMatchInlineSnapshot(
      `"On RAF-DB, m = 15 % (+0.6 ± 0.6 points, p = 0.449) is not distinguishable from the baseline (3 seeds, 500 test images). One standard error of a row is 1.9 points."`,
    );
  });

  test("warns that other seeds may differ where there is one", () => {
    const rows = [ratioRow(0, [300]), ratioRow(0.1, [304]), ratioRow(0.15, [380])];
    expect(build(rows).lead).toMatchInlineSnapshot(
      `"On RAF-DB, accuracy is clearly higher with m = 15 % (+16.0 ± 2.9 points, p below 0.001) than with the baseline, and one row is not distinguishable from it (one seed, 500 test images, p corrected for 2 comparisons; other seeds may differ). One standard error of a row is 1.9 to 2.2 points."`,
    );
  });

  test("counts the comparisons of more than three data sets", () => {
    const titles = ["One", "Two", "Three", "Four"];
    const about = provenance("synthetic");
    const data = titles.map((title) => ({ ...about.data[0]!, title }));
    const rows = titles.flatMap((dataset, i) => [
      ratioRow(0, [300, 301, 299], { dataset }),
      ratioRow(0.15, i === 0 ? [380, 382, 379] : [304, 299, 301], { dataset }),
    ]);
    expect(table1.build(rows, { ...about, data }, { select: "last" }).lead).toMatchInlineSnapshot(
      `"Of 4 comparisons with the baseline in 4 settings, accuracy is clearly higher in 1, most with m = 15 % (+16.1 ± 0.1 points, p below 0.001) on One and clearly lower in 0; 3 are not distinguishable (3 seeds, 500 test images). One standard error of a row is 1.9 to 2.2 points."`,
    );
  });

  test("says of a single row how large a standard error is", () => {
    expect(build([ratioRow(0.15, [380, 384])]).lead).toBe("One standard error is 1.9 points.");
  });

  test("stands between the title and the table", () => {
    const table = build([ratioRow(0, [300]), ratioRow(0.15, [380])]);
    const [title, lead, note] = toMarkdown(table).split("\n\n");
    expect([title![0], lead, note!.slice(0, 10)]).toEqual(["#", table.lead, "**The data"]);
  });
});

describe("rows on the same test images", () => {
  test("are paired: 12 of 400 images gained and none lost are no chance, though 3 points are less than 2 SE", () => {
    const rows = [
      answered(
        0,
        answers(400, (i) => i < 300),
      ),
      answered(
        0.15,
        answers(400, (i) => i < 312),
      ),
    ];
    // 12 discordant images, all on one side: mid-p = (1/2)^12.
    const { cells } = build(rows).rows[1]!;
    expect(cells["p_by_image"]).toEqual({ kind: "number", value: expect.closeTo(2 ** -12, 8) });
    expect(cells["verdict"]).toEqual({ kind: "text", text: "higher" });
    // Without the predictions the same counts are not distinguishable.
    const unpaired = rows.map((row) => ({ ...row, runs: [run(0, row.m === 0 ? 300 : 312, 400)] }));
    expect(build(unpaired).rows[1]!.cells["verdict"]).toEqual({
      kind: "text",
      text: "not distinguishable",
    });
  });

  test("need seeds that agree, too", () => {
    const rows = [
      answered(0, ...[300, 300, 300].map((k) => answers(400, (i) => i < k))),
      answered(0.15, ...[360, 300, 300].map((k) => answers(400, (i) => i < k))),
    ];
    const { cells } = build(rows).rows[1]!;
    expect(cells["p_by_image"]).toMatchObject({ value: expect.closeTo(0, 6) });
    // 15, 0 and 0 points: t = 1, so p = 0.42 with two degrees of freedom.
    expect(cells["p_by_seed"]).toMatchObject({ value: expect.closeTo(0.42265, 5) });
    expect(cells["verdict"]).toEqual({ kind: "text", text: "not distinguishable" });
  });

  test("are corrected for their number", () => {
    const worse = answers(400, (i) => i < 300);
    const better = answers(400, (i) => i >= 3 && i < 313);
    const two = [answered(0, worse), answered(0.1, worse), answered(0.15, better)];
    const [, , { cells: alone }] = build(two).rows as [unknown, unknown, (typeof rows)[number]];
    const { rows } = build([two[0]!, two[2]!]);
    const p = (cell: unknown) => (cell as { readonly value: number }).value;
    expect(p(alone["p_holm"])).toBeCloseTo(2 * p(rows[1]!.cells["p_holm"]), 4);
  });

  test("have the mean recall beside the accuracy", () => {
    // All of class calm are right and half of class glad: 75 % and, unequal classes aside, a UAR of 75 %.
    const table = build([
      answered(
        0,
        answers(400, (i) => i % 2 === 0 || i < 200),
      ),
    ]);
    expect(toMarkdown(table)).toContain("UAR (%)");
    const [header, line] = toCsv(table).split("\n");
    expect(header).toContain("validation_uar_mean");
    expect(line).toContain(",75.0000,,75.0000,");
  });

  test("do not share an UAR of another epoch's accuracy", () => {
    const table = build(
      [
        answered(
          0,
          answers(400, (i) => i < 300),
        ),
      ],
      "last",
    );
    expect(toMarkdown(table)).not.toContain("UAR");
    expect(toCsv(table)).toContain("validation_uar_mean");
  });
});

describe("the first sentence of Table 4", () => {
  test("says what MVT reaches, and how sure that is", () => {
    const rows = [bestRow("RAF-DB", [390, 396, 393]), bestRow("FERPlus", [350])];
    const table = table4.build(rows, fourSets("synthetic"), { select: "validation" });
    expect(table.lead).toMatchInlineSnapshot(
      `"MVT reaches 78.6 % on RAF-DB (one standard error: 1.8 points; 3 seeds) and 70.0 % on FERPlus (95 % interval of these test images: 65.8 to 73.9 %; one seed)."`,
    );
  });

  test("measures the distance to the paper's own number, on real data", () => {
    const table = table4.build([bestRow("RAF-DB", [2700, 2712], "real")], fourSets("real"), {
      select: "validation",
    });
    expect(table.lead).toMatchInlineSnapshot(
      `"MVT reaches 88.20 % on RAF-DB, 0.42 points below the paper's 88.62 % (one standard error: 0.58 points; 2 seeds)."`,
    );
  });
});

test("the first sentence of Table 5 names the subsets", () => {
  const rows = [subsetRow(["occlusion", "Occluded faces"], [600, 612])];
  expect(table5.build(rows, fourSets("synthetic")).lead).toMatchInlineSnapshot(
    `"MVT reaches 82.4 % on Occluded faces (one standard error: 1.4 points; 2 seeds)."`,
  );
});

describe("the first sentence of a table of masks", () => {
  const masks = (source: MaskSource, ...aucs: readonly number[]): MasksRow => ({
    dataset: "RAF-DB",
    source,
    m: 0.15,
    runs: aucs.map((auc, seed) => ({ id: `${source}-${seed}`, seed, auc })),
  });
  const lead = (...rows: readonly MasksRow[]) =>
    masksTable.build(rows, provenance("synthetic")).lead;

  test("compares soft MGN masks with those that ignore the image, paired by seed", () => {
    expect(
      lead(
        masks("mgn-soft", 0.81, 0.83, 0.8, 0.82),
        masks("random", 0.5, 0.51, 0.49, 0.5),
        masks("ellipse", 0.9, 0.9, 0.9, 0.9),
        masks("corners", 0.81, 0.82, 0.83, 0.79),
      ),
    ).toMatchInlineSnapshot(
      `"On RAF-DB, m = 15 %, soft MGN masks have a clearly higher AUC than Random (+0.315 ± 0.003, p below 0.001), a clearly lower one than Ellipse (−0.085 ± 0.006, p = 0.002) and one not distinguishable from that of Corners (+0.003 ± 0.012, p = 0.854) (4 seeds, paired t-tests with Holm's correction)."`,
    );
  });

  test("says that one seed tells nothing of chance", () => {
    expect(lead(masks("mgn-soft", 0.81), masks("random", 0.5))).toMatchInlineSnapshot(
      `"On RAF-DB, m = 15 %, soft MGN masks have an AUC that differs from that of Random (+0.310) (one seed, which does not tell whether this is more than chance)."`,
    );
  });

  test("is absent where there is nothing to compare", () => {
    expect(lead(masks("random", 0.5))).toBeUndefined();
  });
});
