/**
 * @file Figure 2: test images over their masked versions, one contact sheet per data set. Rows: the
 * image, soft masks as the paper's text has them, and the round(m N) patches of highest M_p in black.
 *
 *     pnpm exp figure2
 */
import { deit, fadePatches } from "@mvt/core";
import { readRows } from "@mvt/datasets";
import { svgToPng } from "@mvt/report";
import { figure2 } from "@mvt/report/figures/figure2";
import { topKMasks } from "../data/control-masks.ts";
import { contactSheet } from "../masks/contact-sheet.ts";
import { generateMasks } from "../masks/generate.ts";
import { readMgn } from "../runs/mgn-file.ts";
import { dataKind } from "../runs/provenance.ts";
import { openRun } from "../runs/run-folder.ts";
import { paperChoices } from "./paper-choices.ts";
import { pageOf } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

/** Images side by side. */
const columns = 10;

export default {
  async plan(planner, { datasets, seeds }) {
    const runs = await Promise.all(
      datasets.map((dataset) =>
        planner.maskGenerator({ dataset, seed: seeds[0]!, m: paperChoices[dataset].m }),
      ),
    );
    return {
      runs,
      async make({ runsFolder, backend, ...context }) {
        const sheets = await Promise.all(
          runs.map(async ({ id, config: { m, model }, data }) => {
            const { dataset } = data;
            const { images, rows: all } = (await data.open()).test;
            const rows = Int32Array.from(
              { length: Math.min(columns, all.length) },
              (_, i) => all[Math.floor((i * all.length) / columns)]!,
            );
            const file = await readMgn(openRun(runsFolder, id), dataset.name, model);
            const masks = await generateMasks(backend, file, images, rows);
            const N = deit.patchCount(model);
            const shown = await readRows(images, rows);
            /** I (1 - M_p) */
            const masked = (Mp: Float32Array) =>
              shown.map((pixels, i) => {
                const keep = Array.from(Mp.subarray(i * N, (i + 1) * N), (value) => 1 - value);
                return fadePatches(pixels, keep, model);
              });
            const topK = topKMasks(masks, { patches: N, m });
            const png = await contactSheet([shown, masked(masks), masked(topK)], images.size);
            const { default: sharp } = await import("sharp");
            const { width, height } = await sharp(png).metadata();
            const svg = figure2.draw({
              dataset: dataset.title,
              synthetic: dataKind(dataset) === "synthetic",
              labels: ["Image", "Soft, I (1 − M_p)", `Highest ${100 * m} % black`],
              sheet: { png, width, height },
            });
            return { name: `figure2-${dataset.name}.png`, png: await svgToPng(svg), svg };
          }),
        );
        const page = pageOf({ ...figure2, figures: sheets.map(({ svg }) => svg) }, context);
        const files = Object.fromEntries(sheets.map(({ name, png }) => [name, png]));
        return { files: { ...files, ...page }, text: "" };
      },
    };
  },
} satisfies ReportDefinition;
