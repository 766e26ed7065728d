/**
 * @file The study of recipes: what each option of fine-tuning gives alone, and what the named recipes give as a whole, each
 * compared with the scale's own setting. The list of rows is below.
 *
 *     pnpm exp recipe                     # drawn faces, minutes on two cores
 *     pnpm exp recipe --data DIR --seeds 5 --weights deit_small.safetensors
 */
import type { DatasetName } from "@mvt/datasets";
import { recipeTable } from "@mvt/report/tables/recipe-table";
import type { RecipeRow } from "@mvt/report/tables/recipe-table";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { dataKind } from "../runs/provenance.ts";
import { defaultRecipe, recipeNames, recipes, recipeTitle } from "../settings/recipes.ts";
import type { RecipeName } from "../settings/recipes.ts";
import { changeScale, withRecipe } from "../settings/scales.ts";
import type { Scale, ScaleName } from "../settings/scales.ts";
import { assignmentsOf } from "../settings/setting-paths.ts";
import type { SettingChanges } from "../settings/setting-paths.ts";
import type { Planner } from "./planner.ts";
import { tableReport, testedRuns } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

/** Averages over two to three epochs of the scale. */
const emaDecay: Readonly<Record<ScaleName, number>> = { smoke: 0.98, quick: 0.98, paper: 0.999 };

/** Every option alone, by its name in the table, in the order to print. */
export const options = {
  "label smoothing": { labelSmoothing: 0.1 },
  mixup: { "mixup.alpha": 0.8 },
  CutMix: { "mixup.cutmixAlpha": 1 },
  "drop path": { dropPath: 0.1 },
  "layer decay": { layerDecay: 0.65 },
  EMA: ({ name }) => ({ "ema.decay": emaDecay[name] }),
  // A loss that weighs classes and a sampler that evens them out exclude each other.
  "class-balanced loss": { "loss.kind": "class-balanced", sampler: "shuffled" },
  RandAugment: { "augmentation.auto.kind": "rand" },
  TrivialAugment: { "augmentation.auto.kind": "trivial" },
  SAM: { "sam.rho": 0.05 },
  "test flip": { testFlip: true },
} as const satisfies Readonly<Record<string, SettingChanges | ((scale: Scale) => SettingChanges)>>;

const none = "no option";

/** A row of the table, before it is trained. */
interface Row extends Pick<RecipeRow, "name" | "settings" | "what" | "parts"> {
  readonly scale: Scale;
  /** For the titles of its runs. */
  readonly changes: readonly string[];
}

/** All rows at a scale: none, each option, each recipe. */
export function recipeRows(scale: Scale): readonly Row[] {
  const alone = Object.entries(options).map(([name, set]): Row => {
    const changes = assignmentsOf(typeof set === "function" ? set(scale) : set);
    const changed = changeScale(scale, changes);
    return { name, settings: changes.join(" "), what: "option", scale: changed, changes };
  });
  const whole = recipeNames
    .filter((name) => name !== defaultRecipe)
    .map((name): Row => ({
      name: `recipe ${name}`,
      settings: `--recipe ${name}`,
      what: "recipe",
      parts: partsOf(name),
      scale: withRecipe(scale, name),
      changes: recipeTitle(name),
    }));
  return [{ name: none, settings: "", what: "none", scale, changes: [] }, ...alone, ...whole];
}

/** The options that a recipe has: those all of whose settings it sets, whatever their values. */
function partsOf(recipe: RecipeName): readonly string[] {
  const { changes } = recipes[recipe];
  return Object.entries(options).flatMap(([name, set]) => {
    const paths = typeof set === "function" ? [] : Object.entries(set);
    const isPart = ([path, value]: readonly [string, unknown]) => {
      const own: unknown = changes[path as keyof typeof changes];
      return typeof value === "string" ? own === value : own !== undefined;
    };
    return paths.length > 0 && paths.every(isPart) ? [name] : [];
  });
}

export default {
  async plan(planner, { datasets, seeds }) {
    const rows = await Promise.all(
      datasets.flatMap((dataset) =>
        recipeRows(planner.request.scale).map((row) => planRow(planner, row, dataset, seeds)),
      ),
    );
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, select, formats }) {
        const measured = await Promise.all(
          rows.map(async ({ row, runs }): Promise<RecipeRow> => {
            const { name, settings, what, parts } = row;
            const { dataset } = runs[0]!.data;
            return {
              dataset: dataset.title,
              kind: dataKind(dataset),
              name,
              settings,
              what,
              parts,
              runs: await testedRuns(runs, runsFolder),
            };
          }),
        );
        const { id } = recipeTable;
        return tableReport(id, recipeTable.build(measured, provenance, { select }), formats);
      },
    };
  },
} satisfies ReportDefinition;

async function planRow(
  planner: Planner,
  row: Row,
  dataset: DatasetName,
  seeds: readonly number[],
): Promise<{ readonly row: Row; readonly runs: readonly PlannedClassifier[] }> {
  const { changes = [] } = planner.request;
  const own = planner.with({ scale: row.scale, changes: [...changes, ...row.changes] });
  const runs = await Promise.all(seeds.map((seed) => own.classifier({ dataset, seed })));
  return { row, runs };
}
