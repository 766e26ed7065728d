import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { escapeLatex, latexPackages, toLatex } from "@mvt/report";
import { table1 } from "@mvt/report/tables/table1";
import { table2 } from "@mvt/report/tables/table2";
import { describe, expect, test } from "vitest";
import { ratioRow } from "./fixtures/modules.ts";
import { plainRow, provenance, row, run } from "./fixtures/runs.ts";

const small = () =>
  toLatex(
    table1.build([ratioRow(0, [375, 380]), ratioRow(0.15, [390, 394])], provenance("synthetic"), {
      select: "validation",
    }),
    { id: "table1" },
  );

/** With names from outside that LaTeX would read as commands. */
const awkward = () =>
  toLatex(
    table2.build(
      [
        plainRow("given", [run(0, 380), run(1, 384)]),
        row('50%_of{all}&$more\\end #1 ~^<|>"[x]*', [run(0, 390), run(1, 394)], {
          plugin: true,
          parameters: { k: 10 },
        }),
        plainRow("true", [run(0, 400), run(1, 404)]),
      ],
      provenance("synthetic"),
      { select: "validation" },
    ),
    { id: "table2" },
  );

describe("a table as LaTeX", () => {
  test("has caption and label, booktabs' rules, ± and bold as in Markdown", () => {
    const [, float] = small().split("\n\n");
    expect(float).toMatchInlineSnapshot(`
      "\\begin{table}[htbp]
        \\centering
        \\caption{Table 1: accuracy by mask ratio m, without relabelling. On RAF-DB, m = 15 \\% (+2.9 $\\pm$ 2.7 points, p = 0.276) is not distinguishable from the baseline (2 seeds, 500 test images). One standard error of a row is 1.8 to 1.9 points. The data are synthetic: faces drawn by this project, in the file layout of the named data set. These numbers are not comparable with the paper's.}
        \\label{tab:table1}
        \\begin{adjustbox}{max totalsize={\\linewidth}{0.8\\textheight}}
        \\begin{tabular}{lll}
          \\toprule
          Data set & Mask ratio m (\\%) & Accuracy (\\%) \\\\
          \\midrule
          RAF-DB & 0 (baseline) & 75.5 $\\pm$ 0.7 (375, 380 of 500) \\\\
          RAF-DB & 15 & \\textbf{78.4 $\\pm$ 0.6} (390, 394 of 500) \\\\
          \\bottomrule
        \\end{tabular}
        \\end{adjustbox}
      \\end{table}"
    `);
  });

  test("says in its caption that the data are synthetic", () => {
    expect(small()).toMatch(/\\caption\{[^\n]*The data are synthetic[^\n]*\}/);
  });

  test("keeps legend, notes and provenance as comments", () => {
    const comments = small().split("\\end{table}").at(-1)!.trim().split("\n");
    expect(comments).toContain("% Provenance");
    expect(comments.filter((line) => !line.startsWith("%"))).toEqual([]);
  });

  test("labels a further table with a number", () => {
    expect(awkward()).toContain("\\label{tab:table2}");
  });
});

describe("words from outside", () => {
  test.for([
    { words: "50 % of_all", latex: "50 \\% of\\_all" },
    { words: "a\\b{c}", latex: "a\\textbackslash{}b\\{c\\}" },
    { words: "δ ≥ 0.2 ± 1", latex: "$\\delta$ $\\geq$ 0.2 $\\pm$ 1" },
    { words: "two\nlines", latex: "two lines" },
  ])("are escaped: $words", ({ words, latex }) => {
    expect(escapeLatex(words)).toBe(latex);
  });
});

const compiler = ["tectonic", "pdflatex"].find(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
);

// Without a compiler the text above is what is checked.
test.skipIf(compiler === undefined)(
  "compiles, whatever a plugin calls itself",
  { tags: ["slow"] },
  () => {
    const folder = mkdtempSync(join(tmpdir(), "mvt-latex-"));
    try {
      const document = [
        "\\documentclass{article}",
        `\\usepackage{${latexPackages.join(",")}}`,
        "\\begin{document}",
        small(),
        awkward(),
        "\\end{document}",
      ].join("\n");
      writeFileSync(join(folder, "tables.tex"), document);
      const flags = compiler === "tectonic" ? [] : ["-interaction=nonstopmode", "-halt-on-error"];
      const log = execFileSync(compiler!, [...flags, "tables.tex"], {
        cwd: folder,
        stdio: ["ignore", "pipe", "ignore"],
      }).toString();
      expect(log).not.toMatch(/^!/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
