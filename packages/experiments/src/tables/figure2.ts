/**
 * @file Figure 2: test images over their masked versions, one contact sheet per data set. Rows: the
 * picture, soft masks as the paper's text has them, and the round(m N) patches of highest M_p in black.
 *
 *     pnpm exp figure2
 */
import { deit } from "@mvt/core";
import { readRows } from "@mvt/datasets";
import { maskedPatchCount, topKMask } from "@mvt/mgn";
import { figure2, svgToPng } from "@mvt/report";
import sharp from "sharp";
import { contactSheet } from "../masks/contact-sheet.ts";
import { generateMasks } from "../masks/generate.ts";
import { dataKind } from "../runs/provenance.ts";
import { openRun } from "../runs/store.ts";
import { readMgn } from "../training/read-mgn.ts";
import { paperChoices } from "./paper-choices.ts";
import type { ReportDefinition } from "./report-definition.ts";

/** Pictures side by side. */
const columns = 10;

export default {
  id: "figure2",
  async plan(workbench, { datasets, seeds, pretrained }) {
    const runs = await Promise.all(
      datasets.map((dataset) =>
        workbench.planMgn({ dataset, seed: seeds[0]!, m: paperChoices[dataset].m, pretrained }),
      ),
    );
    return {
      runs,
      async make({ runsFolder, backend }) {
        const sheets = await Promise.all(
          runs.map(async ({ id, config: { m, model }, data: { dataset, test } }) => {
            const { images, rows: all } = test;
            const rows = Int32Array.from(
              { length: Math.min(columns, all.length) },
              (_, i) => all[Math.floor((i * all.length) / columns)]!,
            );
            const file = await readMgn(openRun(runsFolder, id), dataset.name, model);
            const masks = await generateMasks(backend, file, images, rows);
            const N = deit.patchCount(model);
            const size = images.size;
            const pictures = await readRows(images, rows);
            const maskOf = (i: number) => masks.subarray(i * N, (i + 1) * N);
            const soft = pictures.map((picture, i) => masked(picture, maskOf(i), model));
            const topK = pictures.map((picture, i) =>
              masked(picture, topKMask(maskOf(i), maskedPatchCount(m, N)), model),
            );
            const png = await contactSheet([pictures, soft, topK], size);
            const { width, height } = await sharp(png).metadata();
            const svg = figure2({
              dataset: dataset.title,
              synthetic: dataKind(dataset) === "synthetic",
              labels: ["Picture", "Soft, I (1 − M_p)", `Highest ${100 * m} % black`],
              sheet: { png, width, height },
            });
            return [`figure2-${dataset.name}.png`, await drawn(svg)] as const;
          }),
        );
        return { files: Object.fromEntries(sheets), text: "" };
      },
    };
  },
} satisfies ReportDefinition;

/** At its own size. */
function drawn(svg: string): Promise<Uint8Array> {
  return svgToPng(svg, { width: Number(/width="(\d+)"/.exec(svg)![1]) });
}

/** I (1 - M_p): every patch of the picture [S, S, 3] dimmed by its value. */
function masked(
  picture: Uint8Array,
  Mp: Float32Array,
  { imageSize: S, patchSize: P }: deit.VitConfig,
): Uint8Array {
  const g = S / P;
  return picture.map((value, i) => {
    const [y, x] = [Math.floor(i / (S * 3)), Math.floor(i / 3) % S];
    const patch = Math.floor(y / P) * g + Math.floor(x / P);
    return Math.round(value * (1 - Mp[patch]!));
  });
}
