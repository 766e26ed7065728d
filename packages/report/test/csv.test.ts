import { toCsv, toMarkdown, type Table } from "@mvt/report";
import { table2 } from "@mvt/report/tables/table2";
import type { Table2Row } from "@mvt/report/tables/table2";
import { describe, expect, test } from "vitest";
import { provenance, row, run } from "./fixtures/runs.ts";

const rows: readonly Table2Row[] = [
  row("constant", [run(0, 380), run(1, 372)]),
  row("sigmoid", [run(0, 400)], { parameters: { k: 10, x0: 0.5 } }),
  row("=exponent", [run(0, 390)], { plugin: true, parameters: { power: 3 } }),
  row(
    "linear",
    [
      {
        ...run(0, 391),
        relabel: { changed: 90, precision: { k: 70, n: 90 }, recall: { k: 70, n: 180 } },
      },
    ],
    { dataset: "FERPlus" },
  ),
];
const csv = (from = provenance("synthetic"), given = rows) =>
  toCsv(table2.build(given, from, { select: "validation" }));

describe("the CSV of Table 2", () => {
  test("has one line per data set and function, with every count", () => {
    expect(csv()).toMatchInlineSnapshot(`
      "dataset,labels,f,parameters,plugin,delta,seeds,validation_accuracy_mean,validation_accuracy_std,validation_accuracy_k,validation_accuracy_n,validation_accuracy_epoch,last_accuracy_mean,last_accuracy_std,last_accuracy_k,last_accuracy_n,last_accuracy_epoch,best_on_test_accuracy_mean,best_on_test_accuracy_std,best_on_test_accuracy_k,best_on_test_accuracy_n,best_on_test_accuracy_epoch,validation_uar_mean,validation_uar_std,validation_uar_by_seed,to_baseline,to_baseline_se,to_given,to_given_se,gap_recovered,relabelled,relabel_precision,relabel_precision_k,relabel_precision_n,relabel_recall,relabel_recall_k,relabel_recall_n,relabel_harm,relabel_harm_k,relabel_harm_n,correct_before,correct_before_k,correct_before_n,correct_after,correct_after_k,correct_after_n,difference,difference_se,difference_low,difference_high,p_by_image,p_by_seed,p_holm,verdict,data_kind,label_noise,runs
      RAF-DB,relabelled,constant,,false,0.2,0 1,75.2000,1.1314,380 372,500 500,4 4,75.0000,1.1314,379 371,500 500,6 6,75.6000,1.1314,382 374,500 500,5 5,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,synthetic,0.1,run-0-380 run-1-372
      RAF-DB,relabelled,sigmoid,"k=10,x0=0.5",false,0.2,0,80.0000,,400,500,4,79.8000,,399,500,6,80.4000,,402,500,5,,,,4.0000,,,,,,,,,,,,,,,,,,,,,,,,,,,,,synthetic,0.1,run-0-400
      RAF-DB,relabelled,'=exponent,power=3,true,0.2,0,78.0000,,390,500,4,77.8000,,389,500,6,78.4000,,392,500,5,,,,2.0000,,,,,,,,,,,,,,,,,,,,,,,,,,,,,synthetic,0.1,run-0-390
      FERPlus,relabelled,linear,,false,0.2,0,78.2000,,391,500,4,78.0000,,390,500,6,78.6000,,393,500,5,,,,,,,,,90,77.7778,70,90,38.8889,70,180,,,,,,,,,,,,,,,,,,synthetic,0.1,run-0-391
      "
    `);
  });

  test("does not depend on when, where or from which commit it was made", () => {
    const elsewhere = {
      ...provenance("synthetic"),
      commit: "ffff",
      dirty: true,
      date: "2030-01-01T00:00:00.000Z",
      machine: { ...provenance("synthetic").machine, cpu: "another", cores: 64 },
    };
    expect(csv(elsewhere)).toBe(csv());
  });

  test("does not depend on the order in which runs finished", () => {
    const shuffled = rows.map((r) => ({ ...r, runs: r.runs.toReversed() }));
    expect(csv(provenance("synthetic"), shuffled)).toBe(csv());
  });

  test("does not depend on the accuracy that Markdown shows", () => {
    const last = table2.build(rows, provenance("synthetic"), { select: "last" });
    expect(toCsv(last)).toBe(csv());
  });

  test("has the same columns on real data, and no number of the paper", () => {
    const real = rows.map((r) => ({ ...r, kind: "real" as const }));
    const text = csv(provenance("real"), real);
    expect(text.split("\n")[0]).toBe(csv().split("\n")[0]);
    expect(text).not.toContain("86.86");
  });
});

describe("a table whose builder mixes up its cells", () => {
  const table: Table = {
    title: "A table",
    columns: [
      { key: "a", title: "A", kind: "number" },
      { key: "paper", title: "Paper", kind: "paper" },
    ],
    rows: [
      {
        dataset: "RAF-DB",
        cells: { a: { kind: "text", text: "one" }, paper: { kind: "paper", percent: 87.45 } },
      },
    ],
    legend: [],
    notes: [],
    provenance: provenance("synthetic"),
  };

  test("is refused as CSV", () => {
    expect(() => toCsv(table)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: toCsv: expected a cell of kind number in column a, got text]`,
    );
  });

  test("still shows no number of the paper in rows of synthetic data", () => {
    expect(toMarkdown(table)).not.toContain("87.45");
  });
});

describe("a name from outside", () => {
  test("does not break the Markdown table", () => {
    const named = [row("a|b\n*c*", [run(0, 390)], { plugin: true })];
    const text = toMarkdown(table2.build(named, provenance("synthetic"), { select: "last" }));
    expect(text).toContain(String.raw`| a\|b \*c\* (plugin) |`);
  });
});

describe("a negative difference", () => {
  test("is a number in CSV, and no formula that must be escaped", () => {
    const table: Table = {
      title: "A table",
      columns: [{ key: "d", title: "d", kind: "estimate" }],
      rows: [
        {
          dataset: "RAF-DB",
          cells: {
            d: {
              kind: "estimate",
              value: -0.02,
              interval: { low: -0.05, high: 1e-9 },
              images: 100,
              signed: true,
            },
          },
        },
      ],
      legend: [],
      notes: [],
      provenance: provenance("synthetic"),
    };
    expect(toCsv(table)).toBe("d,d_low,d_high\n-2.0000,-5.0000,0.0000\n");
    expect(toMarkdown(table)).toContain("| −2.0 [−5.0, 0.0] |");
  });

  test("is one as a plain number, too, with all its digits", () => {
    const table: Table = {
      title: "A table",
      columns: [
        { key: "gain", title: "Gain", kind: "number" },
        { key: "name", title: "Name", kind: "text" },
      ],
      rows: [
        {
          cells: {
            gain: { kind: "number", value: -0.0123456 },
            name: { kind: "text", text: "-x" },
          },
        },
      ],
      legend: [],
      notes: [],
      provenance: provenance("synthetic"),
    };
    expect(toCsv(table)).toBe("gain,name\n-0.0123456,'-x\n");
  });
});
