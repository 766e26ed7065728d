/** @file `pnpm exp table FILE`: a table of one's own. */
import { datasetNames } from "@mvt/datasets";
import { loadTable } from "../../studies/own-tables/load-table.ts";
import { reportOf, usesOf } from "../../studies/own-tables/plan-table.ts";
import { defineCommand } from "../command.ts";
import { requireEffect } from "../effects.ts";
import { planJson } from "../../runs/plan-facts.ts";
import { makeReports, reportOptions } from "./report.ts";

const { threshold: _threshold, "threshold-only": _only, png: _png, ...shared } = reportOptions;

export default defineCommand({
  options: {
    ...shared,
    datasets: {
      type: "string",
      describe: `which data sets, in this order, out of ${datasetNames.join(", ")} [default: those of the table]`,
    },
    select: {
      ...shared.select,
      describe: "the epoch whose accuracy the table shows [default: the table's, else validation]",
    },
  },
  positionals: {
    definition: {
      type: "string",
      demandOption: true,
      describe: "PATH|PACKAGE whose default export is a table, as defineTable returns it",
    },
  },
  facts: { "--plan": planJson },
  examples: [
    ["table ./my-table.ts --plan", "the runs of a table of your own, with an estimate"],
    ["table ./my-table.ts --format markdown,latex", "trains what is missing and writes the table"],
  ],
  async run(args, configuration) {
    const loaded = await loadTable(args.definition);
    const { name, rows, datasets = ["raf-db"] } = loaded.definition;
    requireEffect("table", usesOf(rows), args, {
      relabelling: "give a row a threshold",
      generators: "give a row an m",
      "masked-classifiers": "give a row an m",
    });
    const report = await reportOf(loaded);
    const asked = {
      ...args,
      datasets: args.datasets ?? datasets.join(),
      threshold: [],
      thresholdOnly: [],
      png: false,
    };
    await makeReports([report], [name], { args: asked, configuration }, report.check);
  },
});
