/** @file The table of runs that differ in settings of training. */
import { toCsv, toMarkdown } from "@mvt/report";
import { settingsTable } from "@mvt/report/tables/settings-table";
import { describe, expect, test } from "vitest";
import { ratioRow } from "./fixtures/modules.ts";
import { provenance } from "./fixtures/runs.ts";

const row = (counts: readonly number[], values: Readonly<Record<string, string>>) => ({
  ...ratioRow(0, [...counts]),
  values: new Map(Object.entries(values)),
});
const build = (rows: readonly ReturnType<typeof row>[]) =>
  settingsTable.build(rows, provenance("synthetic"), { select: "validation" });

describe("the table of settings", () => {
  const table = build([
    row([380, 372], { "schedule.learningRate": "1e-4", epochs: "3" }),
    row([402, 398], { "schedule.learningRate": "3e-4", epochs: "3" }),
  ]);

  test("has a column for each setting, with the values as they were typed", () => {
    expect(toMarkdown(table)).toMatch(
      /\| Data set \| schedule\.learningRate \| epochs \| Accuracy[^\n]*\n[^\n]*\n\| RAF-DB +\| 1e-4 +\| 3 +\| 75\.2 ± 1\.1/,
    );
    expect(toCsv(table)).toMatch(/^dataset,schedule\.learningRate,epochs,seeds,/);
  });

  test("compares every row with the first", () => {
    expect(toMarkdown(table)).toContain("## Compared with schedule.learningRate=1e-4, epochs=3");
    expect(toMarkdown(table)).toMatch(/\| schedule\.learningRate=3e-4, epochs=3 \| \+4\.8 ± /);
  });

  test("has one row, which nothing is compared with, where only seeds differ", () => {
    const markdown = toMarkdown(build([row([380, 372], {})]));
    expect(markdown).toContain("| RAF-DB   | 75.2 ± 1.1 (380, 372 of 500) |");
    expect(markdown).not.toContain("## Compared");
  });

  test("has the epochs of every row if a run ended early, and no column for them otherwise", () => {
    const endless = row([380, 372], { "earlyStopping.patience": "9" });
    const early = row([402, 398], { "earlyStopping.patience": "2" });
    const ended = {
      ...early,
      runs: early.runs.map((run, i) => ({
        ...run,
        last: { ...run.last, epoch: 5 + i },
        endedEarly: true,
      })),
    };
    const markdown = toMarkdown(build([endless, ended]));
    expect(markdown).toMatch(/Epochs trained/);
    expect(markdown).toMatch(/\| 2 +\|[^\n]*\| 5, 6 +\|/);
    expect(markdown).toContain("training could end before its last epoch");
    expect(toCsv(build([endless, ended]))).toContain("epochs_trained");
    expect(toCsv(build([endless, early]))).not.toContain("epochs_trained");
  });
});
