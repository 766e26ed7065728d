import { toCsv, toMarkdown } from "@mvt/report";
import { masksTable } from "@mvt/report/tables/masks-table";
import type { MasksRow, MasksRun } from "@mvt/report/tables/masks-table";
import { describe, expect, test } from "vitest";
import { provenance } from "./fixtures/runs.ts";

const masksRun = (seed: number, auc: number): MasksRun => ({
  id: `masks-${seed}-${auc}`,
  seed,
  expressionless: auc + 0.1,
  energyOverM: 1.4 - auc,
  auc,
  positionAuc: auc - 0.02,
  withinPositionAuc: auc - 0.25,
});
const rows: readonly MasksRow[] = [
  { dataset: "RAF-DB", source: "random", m: 0.15, runs: [masksRun(1, 0.5), masksRun(0, 0.51)] },
  { dataset: "RAF-DB", source: "mgn-soft", m: 0.15, runs: [masksRun(0, 0.86), masksRun(1, 0.84)] },
  { dataset: "RAF-DB", source: "mgn-soft", m: 0.1, runs: [masksRun(0, 0.82), masksRun(1, 0.83)] },
  {
    dataset: "RAF-DB",
    source: "corners",
    m: 0.15,
    runs: [{ id: "corners", seed: 0, expressionless: 1, energyOverM: 0, auc: 0.7 }],
  },
  { dataset: "FERPlus", source: "mgn-hard", m: 0.2, runs: [masksRun(0, 0.8)] },
];
const table = masksTable.build(rows, provenance("synthetic"));

describe("the table of masks", () => {
  test("shows every metric with its spread over seeds, for MGN and for masks that ignore the image", () => {
    expect(toMarkdown(table)).toMatchInlineSnapshot(`
      "# Masks against the ground truth

      On RAF-DB, m = 15 %, soft MGN masks have a clearly higher AUC than Random (+0.345 ± 0.005, p = 0.018) and an AUC that differs from that of Corners (+0.160) (2 seeds, paired t-tests with Holm's correction).

      **The data are synthetic: faces drawn by this project, in the file layout of the named data set. These numbers are not comparable with the paper's.**

      | Data set | Mask      | m (%) | Seeds | Removed without expression (%) | Energy removed / m | AUC           | AUC, position only | AUC within a position |
      | :------- | :-------- | :---- | ----: | :----------------------------- | :----------------- | :------------ | :----------------- | :-------------------- |
      | RAF-DB   | MGN, soft | 10    |     2 | 92.5 ± 0.7                     | 0.575 ± 0.007      | 0.825 ± 0.007 | 0.805 ± 0.007      | 0.575 ± 0.007         |
      | RAF-DB   | MGN, soft | 15    |     2 | 95.0 ± 1.4                     | 0.550 ± 0.014      | 0.850 ± 0.014 | 0.830 ± 0.014      | 0.600 ± 0.014         |
      | RAF-DB   | Random    | 15    |     2 | 60.5 ± 0.7                     | 0.895 ± 0.007      | 0.505 ± 0.007 | 0.485 ± 0.007      | 0.255 ± 0.007         |
      | RAF-DB   | Corners   | 15    |     1 | 100.0                          | 0.000              | 0.700         | –                  | –                     |
      | FERPlus  | MGN, hard | 20    |     1 | 90.0                           | 0.600              | 0.800         | 0.780              | 0.550                 |

      ## How to read this table

      - Mask: MGN's M_p is used as it is (soft), cut at a threshold (hard), or reduced to its highest patches (top-k). Random, ellipse and corners ignore the image: they remove random patches, the patches outside a centred ellipse, or the corners.
      - m: the mask ratio, the fraction of the image to be removed.
      - After ±: the standard deviation over seeds (n − 1 in the denominator).
      - Removed without expression: the fraction of the removed patches that carries no expression. Of a soft mask, the patches with the highest M_p count as removed. Random masks show the fraction among all patches.
      - Energy removed / m: the fraction of all expression energy that is removed, divided by m. Lower is better; random masks are near 1.
      - AUC: how well 1 − M_p separates patches that carry expression from the others. 1 is perfect, 0.5 is chance.
      - Position only: the AUC of the mean mask over all images.
      - Within a position: the AUC among the patches of all images at one position. It shows what a mask knows about the individual image. 0.5 is chance.

      ## Provenance

      - Command: \`pnpm exp table2\`
      - Commit: 0123abc
      - Scale: quick; seeds: 0, 1, 2
      - Data: RAF-DB, synthetic; layout official, protocol basic; images: train 1800, validation 200, test 500; 180 of 1800 training labels (10.0 %) are wrong: drawn so on purpose; validation labels likewise
      - Data: FERPlus, synthetic; layout csv, protocol argmax-10; images: train 1800, validation 200, test 500; 180 of 1800 training labels (10.0 %) are wrong: drawn so on purpose; validation labels likewise
      - Machine: Some CPU at 2.5 GHz, 2 cores, 8.0 GiB; linux 6.1; Node 26.10.0; backend onnx, cpu (onnxruntime-node 1.30.0)
      - Date: 2026-11-23T12:00:00.000Z
      "
    `);
  });

  test("has one CSV line per data set, m and kind of mask, with every seed's value", () => {
    expect(toCsv(table)).toMatchInlineSnapshot(`
      "dataset,source,m,seeds,expressionless_mean,expressionless_std,expressionless_by_seed,energy_over_m_mean,energy_over_m_std,energy_over_m_by_seed,auc_mean,auc_std,auc_by_seed,position_auc_mean,position_auc_std,position_auc_by_seed,within_position_auc_mean,within_position_auc_std,within_position_auc_by_seed,data_kind,label_noise,runs
      RAF-DB,mgn-soft,0.1,0 1,92.5000,0.7071,92.0000 93.0000,0.575000,0.007071,0.580000 0.570000,0.825000,0.007071,0.820000 0.830000,0.805000,0.007071,0.800000 0.810000,0.575000,0.007071,0.570000 0.580000,synthetic,0.1,masks-0-0.82 masks-1-0.83
      RAF-DB,mgn-soft,0.15,0 1,95.0000,1.4142,96.0000 94.0000,0.550000,0.014142,0.540000 0.560000,0.850000,0.014142,0.860000 0.840000,0.830000,0.014142,0.840000 0.820000,0.600000,0.014142,0.610000 0.590000,synthetic,0.1,masks-0-0.86 masks-1-0.84
      RAF-DB,random,0.15,0 1,60.5000,0.7071,61.0000 60.0000,0.895000,0.007071,0.890000 0.900000,0.505000,0.007071,0.510000 0.500000,0.485000,0.007071,0.490000 0.480000,0.255000,0.007071,0.260000 0.250000,synthetic,0.1,masks-0-0.51 masks-1-0.5
      RAF-DB,corners,0.15,0,100.0000,,100.0000,0.000000,,0.000000,0.700000,,0.700000,,,,,,,synthetic,0.1,corners
      FERPlus,mgn-hard,0.2,0,90.0000,,90.0000,0.600000,,0.600000,0.800000,,0.800000,0.780000,,0.780000,0.550000,,0.550000,synthetic,0.1,masks-0-0.8
      "
    `);
  });

  test("leaves a metric empty that one of the seeds does not have", () => {
    const known = masksRun(0, 0.8);
    const runs = [known, { ...known, seed: 1, auc: undefined }];
    const [row] = masksTable.build([{ ...rows[0]!, runs }], provenance("synthetic")).rows;
    expect(row?.cells["auc"]).toBeUndefined();
    expect(row?.cells).toHaveProperty("position_auc.mean", 0.78);
  });

  test("refuses real data, which have no ground truth", () => {
    expect(() => masksTable.build(rows, provenance("real"))).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: masksTable: expected the provenance to describe RAF-DB as synthetic, got real]`,
    );
  });

  test("refuses numbers that can not be, a row that comes twice, and no run", () => {
    const of =
      (...given: readonly MasksRow[]) =>
      () =>
        masksTable.build(given, provenance("synthetic"));
    const [row] = rows as readonly [MasksRow];
    expect(of({ ...row, runs: [masksRun(0, NaN)] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: masksTable: expected expressionless of Random on RAF-DB to be from 0 to 1, got NaN]`,
    );
    expect(of(row, row)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: masksTable: expected one row for Random, m = 0.15, on RAF-DB, got two]`,
    );
    expect(of({ ...row, runs: [] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: masksTable: expected at least one run of Random, m = 0.15, on RAF-DB, got none]`,
    );
    expect(of({ ...row, m: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: masksTable: expected a mask ratio m from above 0 to below 1 on RAF-DB, got 0]`,
    );
    expect(of()).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: masksTable: expected at least one row, got none]`,
    );
  });
});
