/** @file `pnpm exp runs list`: which runs, in which order, as lines or as JSON. */
import { alignColumns, CommandLineError, didYouMean, percent, printable } from "@mvt/common";
import { readRunFacts, runsListJson } from "../runs/run-facts.ts";
import type { RunFacts } from "../runs/run-facts.ts";
import { writeJson } from "./json-output.ts";
import { formatCount } from "./run-summary.ts";

/** What runs can be filtered and sorted by. */
export const runKeys = [
  "id",
  "state",
  "title",
  "kind",
  "dataset",
  "data",
  "scale",
  "seed",
  "epochs",
  "date",
  "accuracy",
] as const satisfies readonly (keyof RunFacts)[];
export type RunKey = (typeof runKeys)[number];

/** KEY=VALUE, repeatable: which runs. */
export const whereOption = {
  type: "string",
  array: true,
  default: [] as string[],
  check: (conditions: readonly string[]) => conditions.forEach(parseWhere),
  suggest: runKeys.map((key) => `${key}=`),
} as const;

export interface ListOptions {
  /** KEY=VALUE; a run has to meet all. */
  readonly where: readonly string[];
  /** Dates and accuracies fall; all else rises. Runs without it come last. */
  readonly sort: RunKey;
  readonly json: boolean;
}

/** The condition "dataset=raf-db"; throws a CommandLineError for a key that runs do not have. */
export function parseWhere(text: string): readonly [key: RunKey, value: string] {
  const [, name = "", value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const key = runKeys.find((known) => known === name);
  if (key === undefined || value === undefined) {
    throw new CommandLineError(
      `--where ${text}: expected KEY=VALUE, such as dataset=raf-db.${didYouMean(name, runKeys)} Keys: ${runKeys.join(", ")}.`,
    );
  }
  return [key, value];
}

/** The runs that meet every condition, in order. */
export function chooseRuns(
  runs: readonly RunFacts[],
  { where, sort }: Pick<ListOptions, "where" | "sort">,
): readonly RunFacts[] {
  const conditions = where.map(parseWhere);
  const chosen = runs.filter((run) =>
    conditions.every(([key, value]) => String(run[key] ?? "") === value),
  );
  const sign = sort === "date" || sort === "accuracy" ? -1 : 1;
  return chosen.toSorted((a, b) => {
    const [x, y] = [a[sort], b[sort]];
    if (x === undefined || y === undefined)
      return Number(x === undefined) - Number(y === undefined);
    return sign * (typeof x === "number" && typeof y === "number" ? x - y : compare(x, y));
  });
}

const compare = (a: unknown, b: unknown) => String(a).localeCompare(String(b), "en");

/** Writes the list to stdout. */
export async function listTheRuns(runsFolder: string, options: ListOptions): Promise<void> {
  for (const text of options.where) parseWhere(text);
  const all = await readRunFacts(runsFolder);
  const runs = chooseRuns(all, options);
  if (options.json) return writeJson(runsListJson, [...runs]);
  if (runs.length === 0) {
    const none = all.length === 0 ? "no runs" : `no runs of these, out of ${all.length},`;
    process.stdout.write(`${none} in ${runsFolder}\n`);
    return;
  }
  for (const line of alignColumns(withoutEmptyColumns(runs.map(rowOf)), ["left"]))
    process.stdout.write(`${line.trimEnd()}\n`);
}

function withoutEmptyColumns(rows: readonly (readonly string[])[]) {
  return rows.map((row) => row.filter((_, i) => rows.some((other) => other[i] !== "")));
}

function rowOf(run: RunFacts): readonly string[] {
  const day = run.date?.slice(0, 16).replace("T", " ") ?? "";
  const title = printable([run.title, ...run.differs].filter(Boolean).join(", "));
  return [run.id, day, run.scale ?? "", `${title}${title && ": "}${outcomeOf(run)}`];
}

function outcomeOf({ id, state, test, epoch, epochs, stopped, maskArea }: RunFacts): string {
  if (state === "damaged") {
    return `damaged: \`pnpm exp runs verify ${id}\` says which file, \`pnpm exp runs repair ${id}\` mends it or sets it aside`;
  }
  if (state === "unfinished") {
    return epochs === undefined ? "not finished" : `not finished, ${epoch} of ${epochs} epochs`;
  }
  if (test) return `${formatCount(test)}${stopped === undefined ? "" : `; ${printable(stopped)}`}`;
  return maskArea === undefined ? "finished" : `mean mask ${percent(maskArea)} %`;
}
