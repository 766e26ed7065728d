import type { Provenance } from "@mvt/report";
import { curveUnits, plots } from "@mvt/report/html/curves";
import { figurePage } from "@mvt/report/html/figure-page";
import { indexPage } from "@mvt/report/html/index-page";
import { generator, htmlPage } from "@mvt/report/html/page";
import { runPage } from "@mvt/report/html/run-page";
import type { RunPage } from "@mvt/report/html/run-page";
import { toHtml } from "@mvt/report/html/table-page";
import { table1 } from "@mvt/report/tables/table1";
import { table2 } from "@mvt/report/tables/table2";
import { describe, expect, test } from "vitest";
import { ratioRow } from "./fixtures/modules.ts";
import { predictionsOf } from "./fixtures/predictions.ts";
import { plainRow, provenance, row, run } from "./fixtures/runs.ts";

/** What would leave any text or attribute that is not escaped. */
const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;`;

const made: Provenance = provenance("synthetic");

const table = () =>
  table1.build([ratioRow(0, [375, 380]), ratioRow(0.15, [390, 394])], made, {
    select: "validation",
  });

const page: RunPage = {
  id: "3f2a00112233",
  title: "RAF-DB, Linear, seed 0",
  lead: "Test accuracy 60.00 %.",
  facts: [["Seed", "0"]],
  differs: [],
  uses: [],
  usedBy: [],
  plots: [],
  settings: [["training.epochs", "3"]],
  provenance: made,
};

const image = {
  id: "train_1",
  given: "anger",
  current: "fear",
  truth: "fear",
  epochs: [2, 10],
  pGt: 0.1,
  pMax: 0.7,
  aum: -1.5,
};

describe("a page", () => {
  test("allows its own script and no request", () => {
    const html = htmlPage({ title: "A page", content: [] });
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(
      html.replaceAll("&#x27;", "'"),
    )!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'sha256-[A-Za-z0-9+/]{43}='/);
    expect(html).not.toMatch(/(?:src|href)="https?:/);
  });

  test("says who wrote it, so that an index finds it", () => {
    expect(htmlPage({ title: "A page", content: [] })).toContain(
      `<meta name="generator" content="${generator}">`,
    );
  });

  test("shows hostile names as they are", () => {
    const hostileRows = [
      plainRow("given", [run(0, 380)]),
      row(hostile, [run(0, 390)], { plugin: true }),
    ];
    const pages = [
      toHtml(table2.build(hostileRows, made, { select: "validation" })),
      figurePage({ title: hostile, figures: [], provenance: { ...made, command: hostile } }),
      indexPage({
        reports: [{ text: hostile, href: "a.html" }],
        runs: [
          {
            link: { text: hostile, href: "runs/a.html" },
            id: hostile,
            differs: [hostile],
            dataset: hostile,
            seed: 0,
            epochs: 1,
          },
        ],
        others: {},
        folder: hostile,
        synthetic: true,
      }),
      runPage({
        ...page,
        title: hostile,
        lead: hostile,
        facts: [[hostile, hostile]],
        differs: [hostile],
        uses: [{ text: hostile, href: "a.html" }],
        plots: [{ title: hostile, unit: "count", curves: [{ name: hostile, values: [1, 2] }] }],
        predictions: { ...predictionsOf("aa ab bb", 2), classes: [hostile, `${hostile} 2`] },
        relabelled: {
          images: [{ ...image, id: hostile, given: hostile, png: new Uint8Array([1]) }],
          of: 1,
        },
        masks: { images: [{ id: hostile, png: new Uint8Array([1]), area: 0 }], advice: "" },
        settings: [[hostile, hostile]],
      }),
    ];
    for (const html of pages) {
      expect(html).toContain("alert(1)");
      const tags = html.replaceAll(/(\s[\w-]+)="[^"]*"/g, "$1"); // in a value "<" opens no tag
      expect(tags).not.toContain("<script>alert");
      expect(tags).not.toContain("<img src=x");
      expect(tags.match(/<script>/g)).toHaveLength(1);
    }
  });
});

describe("a table as a page", () => {
  test("has the words of its rows as row headings and marks the best value", () => {
    const html = toHtml(table());
    expect(html).toContain('<th scope="row" class="line">RAF-DB</th>');
    expect(html).toContain("<strong>78.4 ± 0.6</strong>");
    expect(html).toContain('<span class="counts"> (390, 394 of 500)</span>');
  });

  test("keeps the number behind each cell, by which it sorts", () => {
    expect(toHtml(table())).toMatch(/data-sort="0\.784[^"]*"><strong>78\.4/);
  });

  test("can be scrolled by keyboard and is named by its title", () => {
    expect(toHtml(table())).toContain(
      `<div class="scroll" role="region" aria-label="${table().title}" tabindex="0">`,
    );
  });

  test("says that its data are synthetic, how to read it and where it comes from", () => {
    const html = toHtml(table());
    for (const words of ["The data are synthetic", "How to read this table", "Provenance"]) {
      expect(html).toContain(words);
    }
    expect(html).toContain("<code>pnpm exp table2</code>");
  });

  test("shows the figures of its study", () => {
    expect(toHtml(table(), { figures: ["<svg><title>a figure</title></svg>"] })).toContain(
      "<svg><title>a figure</title></svg>",
    );
  });
});

describe("the page of a run", () => {
  test("has curves with a table of their values", () => {
    const html = runPage({
      ...page,
      plots: [
        {
          title: "Accuracy (%)",
          unit: "percent",
          curves: [
            { name: "training", values: [0.25, 0.5] },
            { name: "test", values: [undefined, 0.4] },
          ],
        },
      ],
    });
    expect(html).toContain('aria-label="Accuracy (%) by epoch"');
    expect(html).toContain('data-sort="0.25">25.0</td>');
    expect(html).toContain('<td class="none number">–</td>');
    expect(html.match(/<path /g)).toHaveLength(2);
  });

  test("has the confusion matrix, by true class, with recall and precision", () => {
    const html = runPage({ ...page, predictions: predictionsOf("aa ab bb", 2) });
    expect(html).toContain("Accuracy 66.7 %, mean recall of the classes 75.0 %, mean F1 66.7 %.");
    expect(html).toContain('<td class="share-5 same">1<small>50.0 %</small></td>');
    expect(html).toContain("50.0 (1/2)");
  });

  test("lists changed labels, the most doubtful first, and counts the right ones", () => {
    const html = runPage({
      ...page,
      relabelled: {
        images: [
          image,
          { ...image, id: "train_2", truth: "anger", aum: -2 },
          { ...image, id: "train_3", current: "anger", aum: 0 },
        ],
        of: 100,
      },
    });
    expect(html).toContain("3 of 100 training labels were changed, 1 of them back to the given");
    expect(html).toContain("Of 2 new labels, 1 are right (50.0 %).");
    expect(html.indexOf("train_2")).toBeLessThan(html.indexOf("train_1"));
    expect(html).toContain("wrong: it is anger");
    expect(html).toContain("−1.500");
  });

  test("says how to see masks where it shows none", () => {
    const masks = { images: [], advice: "Type `pnpm exp report --pictures 12`." };
    expect(runPage({ ...page, masks })).toContain("<code>pnpm exp report --pictures 12</code>");
  });
});

describe("curves", () => {
  test.for([
    { unit: "percent", value: 0.784, shown: "78.4" },
    { unit: "number", value: 0.000_034_071, shown: "0.00003407" },
    { unit: "count", value: 38, shown: "38" },
  ] as const)("write $value as $shown", ({ unit, value, shown }) => {
    expect(curveUnits[unit](value)).toBe(shown);
  });

  test("draw a single epoch and values that are all equal", () => {
    const one = (values: readonly number[]) =>
      JSON.stringify(plots([{ title: "a", unit: "number", curves: [{ name: "b", values }] }]));
    for (const drawn of [one([0]), one([3, 3, 3])]) expect(drawn).not.toMatch(/NaN|Infinity/);
  });

  test("refuse none, and curves of different lengths", () => {
    const draw = (...lengths: readonly number[]) =>
      plots([
        {
          title: "Loss",
          unit: "number",
          curves: lengths.map((n) => ({ name: "a", values: Array.from({ length: n }, () => 1) })),
        },
      ]);
    expect(() => draw()).toThrow(/expected 1 to 4 curves of Loss.*, got none/);
    expect(() => draw(2, 3)).toThrow(/equally many epochs, got a with 2, a with 3/);
  });
});

describe("the index", () => {
  const runs = [
    {
      link: { text: "RAF-DB, seed 0", href: "runs/a.html" },
      id: "a",
      differs: ["training.epochs=3"],
      dataset: "RAF-DB",
      seed: 0,
      epochs: 3,
      date: "2026-11-28T07:00:00.000Z",
      test: { k: 60, n: 100 },
    },
  ];
  const index = (reports: readonly { readonly text: string; readonly href: string }[] = []) =>
    indexPage({
      reports,
      runs,
      others: { unfinished: 2, damaged: 0 },
      folder: "runs",
      synthetic: false,
    });

  test("leads to runs and reports and counts the runs that have no page", () => {
    const html = index([{ text: "Table 2", href: "quick/table2.html" }]);
    expect(html).toContain('<a href="runs/a.html">RAF-DB, seed 0</a>');
    expect(html).toContain('<a href="quick/table2.html">Table 2</a>');
    expect(html).toContain("1 finished run in runs; without a page: 2 unfinished.");
  });

  test("leaves out columns that no run has", () => {
    expect(index()).not.toContain("Mean mask");
    expect(index()).toContain("Test accuracy (%)");
  });
});
