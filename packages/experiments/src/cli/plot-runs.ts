/** @file `pnpm exp runs plot`: the curves of several runs in one picture. */
import { writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { alignColumns, CommandLineError, printable } from "@mvt/common";
import { drawRunCurves } from "@mvt/report/figures/run-curves";
import type { MeasureName } from "../runs/measures.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { chosenRuns, namesOf } from "./chosen-runs.ts";
import type { ChosenRun } from "./chosen-runs.ts";
import { requireWritableFile } from "./writable.ts";

/** What is drawn where no --metric is named, by what is trained. */
const usual: Readonly<Record<RunConfig["kind"], readonly MeasureName[]>> = {
  classifier: ["loss", "validation_accuracy", "test_accuracy"],
  mgn: ["loss_generator", "mask_area", "mask_spread"],
};

export interface PlotOptions {
  readonly runs: string;
  /** Default: curves.svg in the folder of runs. */
  readonly out: string | undefined;
  /** A panel each. Default: the usual ones of what is trained. */
  readonly metric: readonly MeasureName[];
}

/** Draws the runs with these beginnings of ids; says which curve is which run. */
export async function plotRuns(prefixes: readonly string[], options: PlotOptions): Promise<void> {
  const { out = join(options.runs, "curves.svg") } = options;
  if (extname(out) !== ".svg") {
    throw new CommandLineError(`--out ${out}: expected a file that ends with .svg.`);
  }
  const runs = await chosenRuns(options.runs, prefixes);
  const panels = panelsOf(runs, options.metric);
  const path = await requireWritableFile("out", out);
  const { shared, labels } = namesOf(runs);
  const names = labels.map(printable);
  const title = [runs.length === 1 ? "1 run" : `${runs.length} runs`, printable(shared)];
  const synthetic = runs.some(({ config }) => config.data.kind === "synthetic");
  await writeFile(
    path,
    await drawRunCurves({ title: title.filter(Boolean).join(": "), names, panels, synthetic }),
  );
  const lines = alignColumns(
    runs.map(({ run }, i) => [run.id, names[i]!]),
    ["left"],
  );
  for (const line of [...lines, `wrote ${out}`]) process.stdout.write(`${line}\n`);
}

/** Throws a CommandLineError for a measure that none of the runs has. */
function panelsOf(runs: readonly ChosenRun[], asked: readonly MeasureName[]) {
  const curve = ({ curves }: ChosenRun, name: MeasureName) =>
    curves.find((one) => one.name === name);
  const has = (name: MeasureName) =>
    runs.some((run) => curve(run, name)?.values.some((value) => value !== undefined));
  const missing = asked.find((name) => !has(name));
  if (missing !== undefined) {
    const known = [...new Set(runs.flatMap(({ curves }) => curves.map(({ name }) => name)))].filter(
      has,
    );
    throw new CommandLineError(
      `--metric ${missing}: expected what one of the runs measured: ${known.join(", ")}.`,
    );
  }
  const names =
    asked.length > 0 ? asked : runs.flatMap(({ config }) => usual[config.kind]).filter(has);
  return [...new Set(names)].map((name) => {
    const { title, share } = runs.map((run) => curve(run, name)).find((one) => one !== undefined)!;
    return { title, share, runs: runs.map((run) => curve(run, name)?.values ?? []) };
  });
}
