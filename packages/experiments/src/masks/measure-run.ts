/** @file Compares the masks of a trained generator, and control masks, with the ground truth. */
import { deit, random } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { cornersMask, ellipseDistance, ellipseMask, randomMask } from "@mvt/mgn";
import type { MaskSource, MasksRow, MasksRun } from "@mvt/report/tables/masks-table";
import { repeatMask, topKMasks } from "../data/control-masks.ts";
import { readExpressionPatches } from "../data/expression-patches.ts";
import { readMgn } from "../runs/mgn-file.ts";
import type { PlannedRun } from "../runs/planned-run.ts";
import { openRun } from "../runs/run-folder.ts";
import type { MgnConfig } from "../settings/run-config.ts";
import { generateMasks } from "./generate.ts";
import { measureMasks } from "./ground-truth-measures.ts";
import type { MaskSet } from "./ground-truth-measures.ts";

/** Above this M_p a hard mask removes a patch. */
const hardThreshold = 0.5;

type Where = { readonly runsFolder: string; readonly backend: Backend };

/** Runs that differ in their seeds, and what a table calls them. */
interface RunsOfRow {
  readonly title: string;
  readonly m: number;
  readonly runs: readonly PlannedRun<MgnConfig>[];
}

/** A row for every kind of mask of every group of runs. */
export async function measureRuns(
  groups: readonly RunsOfRow[],
  where: Where,
): Promise<readonly MasksRow[]> {
  const rows = await Promise.all(
    groups.map(async ({ title, m, runs }) => {
      const bySeed = await Promise.all(runs.map((run) => measureRun(run, where)));
      return bySeed[0]!.map(({ source }, i) => ({
        dataset: title,
        source,
        m,
        runs: bySeed.map((measures) => measures[i]!),
      }));
    }),
  );
  return rows.flat();
}

/** Every kind of mask on the test images of one run. */
async function measureRun(
  { id, config, data }: PlannedRun<MgnConfig>,
  { runsFolder, backend }: Where,
): Promise<readonly (MasksRun & { readonly source: MaskSource })[]> {
  const { m, model, seed } = config;
  const { dataset } = data;
  const { test } = await data.open();
  const file = await readMgn(openRun(runsFolder, id), dataset.name, model);
  const soft = await generateMasks(backend, file, test.images, test.rows);
  const truth = await readExpressionPatches(dataset.splits.test, dataset.groundTruth!, model);
  const N = deit.patchCount(model);
  const images = test.rows.length;
  const sets: Readonly<Record<MaskSource, MaskSet>> = {
    "mgn-soft": { removal: soft },
    "mgn-hard": { removal: soft.map((value) => Number(value > hardThreshold)) },
    "mgn-top-k": { removal: topKMasks(soft, { patches: N, m }) },
    random: {
      removal: randomMask(random.stream(seed, "control masks"), { images, patches: N, m }),
    },
    ellipse: {
      removal: repeatMask(ellipseMask({ patches: N, m }), images),
      score: repeatMask(ellipseDistance(N), images),
    },
    corners: { removal: repeatMask(cornersMask({ patches: N, m }), images) },
  };
  return Object.entries(sets).map(([source, set]) => ({
    id,
    seed,
    source: source as MaskSource,
    ...measureMasks(set, truth, { patches: N, m }),
  }));
}
