/** @file Accuracy by options of training: each alone, and named sets of them as a whole, compared with none. */
import { groupBy } from "@mvt/common";
import { accuracyDecimals } from "../accuracy.ts";
import { conjunction, text } from "../columns.ts";
import { pairedT } from "../paired-tests.ts";
import { differenceWords, points } from "../paired.ts";
import type { Provenance } from "../provenance.ts";
import type { Column, Table } from "../table.ts";
import { accuracyTable } from "./accuracy-table.ts";
import { compareRows, differencePoints, type RowComparison, type Verdict } from "./comparisons.ts";
import { requireDistinct, type Selection, selectedCount, type TestedRow } from "./tested-runs.ts";

/** One option, one recipe or none on one data set, with every seed it was run with. */
export interface RecipeRow extends TestedRow {
  /** In sentences, too: "label smoothing", "the recipe deit-finetune". */
  readonly name: string;
  /** As on the command line: "labelSmoothing=0.1"; empty without an option. */
  readonly settings: string;
  /** "none" is the row that the others of its data set are compared with. */
  readonly what: "none" | "option" | "recipe";
  /** Of a recipe: the names of the options that it has, as far as they are rows. */
  readonly parts?: readonly string[];
}

interface ComparedRow {
  readonly row: RecipeRow;
  readonly comparison: RowComparison;
}

const settings: readonly Column[] = [
  { key: "option", title: "Option", kind: "text" },
  { key: "settings", title: "Settings", kind: "text" },
];

export const recipeTable = {
  id: "recipe",
  title: "What options of fine-tuning give, alone and together",

  /**
   * The table, its rows in their order on each data set. `select` is the accuracy that Markdown shows; the CSV has all.
   * Throws a RangeError if a row contradicts the provenance, comes twice or holds no run, or a data set has no row
   * without options.
   */
  build(
    rows: readonly RecipeRow[],
    provenance: Provenance,
    { select }: { readonly select: Selection },
  ): Table {
    const { id, title } = recipeTable;
    requireDistinct(
      id,
      rows.map(({ dataset, name }) => `${name} on ${dataset}`),
    );
    for (const [dataset, group] of groupBy(rows, (row) => row.dataset)) {
      if (group.some(({ what }) => what === "none")) continue;
      throw new RangeError(`${id}: expected a row without options of ${dataset}, got none`);
    }
    const entries = rows.map(({ dataset, kind, name, settings: typed, what, runs }) => ({
      dataset,
      kind,
      name,
      runs,
      reference: what === "none" ? name : undefined,
      cells: { option: text(name), settings: text(typed) },
    }));
    const none = rows.find(({ what }) => what === "none")!.name;
    const table = accuracyTable({ id, title, settings, minus: none, words, entries }, provenance, {
      select,
    });
    return { ...table, lead: `${table.lead} ${findings(rows, select)}` };
  },
};

const words = {
  settings:
    "Settings: what differs from the scale's, as --set or --recipe takes it. The rows were chosen before anything was trained; none was chosen by its accuracy on test images.",
};

/** What the differences say, data set by data set: the options alone, then each recipe beside its options. */
function findings(rows: readonly RecipeRow[], select: Selection): string {
  const none = ({ what }: RecipeRow) => what === "none";
  const comparisons = compareRows(
    rows.map((row) => ({ ...row, reference: none(row) ? row.name : undefined })),
    select,
  );
  return [...groupBy(rows, ({ dataset }) => dataset)]
    .map(([dataset, group]) => {
      const base = group.find(none)!;
      const compared = group.flatMap((row) => {
        const comparison = comparisons.find(
          (one) => one.dataset === dataset && one.name === row.name,
        );
        return comparison ? [{ row, comparison }] : [];
      });
      const options = compared.filter(({ row }) => row.what === "option");
      const recipes = compared.filter(({ row }) => row.what === "recipe");
      return [
        ...optionsSentence(dataset, options),
        ...recipes.map((recipe) => recipeSentence(recipe, group, base, select)),
      ].join(" ");
    })
    .join(" ");
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  higher: "clearly better",
  lower: "clearly worse",
  "not distinguishable": "not distinguishable",
};

/** "On RAF-DB, of 11 options alone 2 are clearly better (...), 1 is clearly worse (...) and 8 are not distinguishable ...". */
function optionsSentence(dataset: string, options: readonly ComparedRow[]): readonly string[] {
  if (options.length === 0) return [];
  const parts = (Object.keys(verdictWords) as Verdict[]).flatMap((verdict) => {
    const own = options.filter(({ comparison }) => comparison.verdict === verdict);
    if (own.length === 0) return [];
    const named =
      verdict === "not distinguishable"
        ? rangeWords(own)
        : conjunction.format(
            own
              .toSorted((a, b) => Math.abs(b.comparison.mean) - Math.abs(a.comparison.mean))
              .map(({ row, comparison }) => `${row.name} ${differencePoints(comparison)}`),
          );
    if (verdict === "not distinguishable" && own.length === options.length) {
      return [`none is distinguishable (${named})`];
    }
    return [`${own.length} ${own.length === 1 ? "is" : "are"} ${verdictWords[verdict]} (${named})`];
  });
  const { reference } = options[0]!.comparison;
  const number = options.length === 1 ? "1 option" : `${options.length} options`;
  return [
    `On ${dataset}, of ${number} alone, compared with ${reference}, ${conjunction.format(parts)}.`,
  ];
}

/** "−0.6 to +0.4 points" */
function rangeWords(rows: readonly ComparedRow[]): string {
  const means = rows.map(({ comparison }) => comparison.mean);
  const decimals = accuracyDecimals(rows.map(({ comparison }) => comparison.images));
  const [low, high] = [Math.min(...means), Math.max(...means)].map((end) => points(end, decimals));
  return low === high ? `${low} points` : `${low} to ${high} points`;
}

/** What a recipe gives as a whole, and what the differences of its options alone add up to. */
function recipeSentence(
  { row, comparison }: ComparedRow,
  group: readonly RecipeRow[],
  base: RecipeRow,
  select: Selection,
): string {
  const whole = `As a whole, ${row.name} gives ${differencePoints(comparison)}, which is ${verdictWords[comparison.verdict]}`;
  const parts = group.filter(({ name }) => row.parts?.includes(name));
  const sum = sumOfDifferences(parts, base, select);
  if (parts.length < 2 || sum === undefined) return `${whole}.`;
  const named = conjunction.format(parts.map(({ name }) => name));
  return `${whole}; alone, ${named} add up to ${sum} points.`;
}

/** Over the seeds that all have, with the standard error over seeds; undefined if there is none. */
function sumOfDifferences(
  parts: readonly RecipeRow[],
  base: RecipeRow,
  select: Selection,
): string | undefined {
  const shareOf = ({ runs }: RecipeRow, seed: number) => {
    const run = runs.find((one) => one.seed === seed);
    if (run === undefined) return undefined;
    const { k, n } = selectedCount(run, select);
    return k / n;
  };
  const sums = base.runs.flatMap(({ seed }) => {
    const own = shareOf(base, seed)!;
    const shares = parts.map((part) => shareOf(part, seed));
    return shares.includes(undefined)
      ? []
      : [shares.reduce<number>((sum, share) => sum + share! - own, 0)];
  });
  if (sums.length === 0) return undefined;
  const counts = [base, ...parts].flatMap(({ runs }) =>
    runs.map((run) => selectedCount(run, select).n),
  );
  return differenceWords({ ...pairedT(sums), decimals: accuracyDecimals(counts) });
}
