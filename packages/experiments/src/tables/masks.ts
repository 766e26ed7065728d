/**
 * @file What nobody can measure on real faces: how much of what masks remove carries no expression.
 * Masks of MGN in three forms beside masks that never look at the picture, on the test images.
 *
 *     pnpm exp masks --seeds 5
 */
import type { Backend } from "@mvt/core";
import { deit, random } from "@mvt/core";
import { cornersMask, ellipseDistance, ellipseMask, randomMask } from "@mvt/mgn";
import { masksTable } from "@mvt/report";
import type { MaskSource } from "@mvt/report";
import type { MgnConfig } from "../config.ts";
import { readExpressionPatches } from "../masks/expression-patches.ts";
import { generateMasks } from "../masks/generate.ts";
import { measureMasks } from "../masks/measures.ts";
import type { MaskSet } from "../masks/measures.ts";
import { repeatMask, topKMasks } from "../masks/per-image.ts";
import type { PlannedRun } from "../runs/plan.ts";
import { openRun } from "../runs/store.ts";
import { readMgn } from "../training/read-mgn.ts";
import { UsageError } from "../usage-error.ts";
import { paperChoices } from "./paper-choices.ts";
import { tableReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

/** Above this M_p a hard mask removes a patch. */
const hardThreshold = 0.5;

export default {
  id: "masks",
  async plan(workbench, { datasets, seeds, pretrained }) {
    const rows = await Promise.all(
      datasets.map(async (dataset) => {
        const { m } = paperChoices[dataset];
        const { dataset: found } = await workbench.prepare(dataset);
        if (found.groundTruth === undefined) {
          throw new UsageError(
            `masks: expected synthetic data, whose ground truth is known, found real ${found.title} data. Leave --data out, or name data of \`pnpm exp data synthesize\`.`,
          );
        }
        const runs = await Promise.all(
          seeds.map((seed) => workbench.planMgn({ dataset, seed, m, pretrained })),
        );
        return { title: found.title, m, runs };
      }),
    );
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, backend }) {
        const measured = await Promise.all(
          rows.map(async ({ title, m, runs }) => {
            const bySeed = await Promise.all(
              runs.map((run) => measureRun(run, { runsFolder, backend })),
            );
            return bySeed[0]!.map(({ source }, i) => ({
              dataset: title,
              source,
              m,
              runs: bySeed.map((measures) => measures[i]!),
            }));
          }),
        );
        return tableReport("masks", masksTable(measured.flat(), provenance));
      },
    };
  },
} satisfies ReportDefinition;

/** Every kind of mask on the test images of one run. */
async function measureRun(
  { id, config, data }: PlannedRun<MgnConfig>,
  { runsFolder, backend }: { readonly runsFolder: string; readonly backend: Backend },
) {
  const { m, model, seed } = config;
  const { dataset, test } = data;
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
