/** @file The page that leads to all others: tables and figures, and every finished run. */
import { h } from "hastscript";
import { grid, number, section, text, type GridCell } from "./elements.ts";
import { htmlPage, type Link } from "./page.ts";

export interface IndexPage {
  /** Pages of tables and figures, in order. */
  readonly reports: readonly Link[];
  readonly runs: readonly IndexedRun[];
  /** Runs that have no page, by what they are: { unfinished: 2 }. */
  readonly others: Readonly<Record<string, number>>;
  /** The folder of the runs. */
  readonly folder: string;
  /** Whether data of some run were drawn by this project. */
  readonly synthetic: boolean;
}

export interface IndexedRun {
  readonly link: Link;
  readonly id: string;
  /** Settings that set it apart from other runs of its title. */
  readonly differs: readonly string[];
  readonly dataset: string;
  readonly scale?: string;
  readonly seed: number;
  readonly epochs: number;
  /** ISO 8601. */
  readonly date?: string;
  /** k of n test images, with the epoch chosen on validation images. */
  readonly test?: { readonly k: number; readonly n: number };
  /** Of a mask generator: the mean of its masks, 0 to 1. */
  readonly maskArea?: number;
  /** How many labels it changed. */
  readonly changed?: number;
}

export function indexPage({ reports, runs, others, folder, synthetic }: IndexPage): string {
  const left = Object.entries(others)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`);
  return htmlPage({
    title: "Reports",
    content: [
      h(
        "p.lead",
        `${runs.length} finished ${runs.length === 1 ? "run" : "runs"} in ${folder}${left.length === 0 ? "" : `; without a page: ${left.join(", ")}`}.`,
      ),
      ...(synthetic
        ? [
            h(
              "p.note",
              "Some of the data are synthetic: faces drawn by this project. Their numbers are not comparable with the paper's.",
            ),
          ]
        : []),
      section("Tables and figures", [
        reports.length === 0
          ? h("p", [
              "None here yet. ",
              h("code", "pnpm exp table2"),
              " and the other commands write one page per table; run ",
              h("code", "pnpm exp report"),
              " again to link them.",
            ])
          : h(
              "ul.lines",
              reports.map(({ text: name, href }) => h("li", [h("a", { href }, name)])),
            ),
      ]),
      section("Runs", [
        h("div.filter", { hidden: true, role: "search", dataTable: "runs" }, [
          h("label", [
            "Show runs with",
            h("input", { type: "search", placeholder: "raf-db sigmoid", autocomplete: "off" }),
          ]),
          h("output.quiet", `${runs.length} of ${runs.length}`),
        ]),
        runTable(runs),
      ]),
    ],
  });
}

function runTable(runs: readonly IndexedRun[]) {
  const optional = <Value>(value: Value | undefined, cell: (value: Value) => GridCell) =>
    value === undefined ? undefined : cell(value);
  return grid({
    id: "runs",
    caption: "Finished runs",
    captionHidden: true,
    columns: [
      { title: "Run", heads: true },
      { title: "Test accuracy (%)" },
      { title: "Mean mask (%)", numeric: true },
      { title: "Changed labels", numeric: true },
      { title: "Data set" },
      { title: "Scale" },
      { title: "Seed", numeric: true },
      { title: "Epochs", numeric: true },
      { title: "Finished (UTC)" },
      { title: "Id" },
    ],
    rows: runs.map((run) => [
      {
        content: [
          h("a", { href: run.link.href }, run.link.text),
          ...run.differs.flatMap((one) => [" ", h("code", one)]),
        ],
      },
      optional(run.test, ({ k, n }) => ({
        content: [h("span", ((100 * k) / n).toFixed(2)), h("span.quiet", ` (${k}/${n})`)],
        sort: k / n,
      })),
      optional(run.maskArea, (area) => number(area, (100 * area).toFixed(1))),
      optional(run.changed, (changed) => number(changed)),
      text(run.dataset),
      optional(run.scale, text),
      number(run.seed),
      number(run.epochs),
      optional(run.date, (date) => text(date.slice(0, 16).replace("T", " "))),
      { content: [h("code", run.id)] },
    ]),
  });
}
