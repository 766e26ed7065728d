/** @file The table that an export prints: the files it wrote, compared with the run itself. */
import { alignColumns } from "@mvt/common";
import type { StoragePrecision } from "@mvt/core";
import type { Count } from "@mvt/report";
import { formatCount } from "./run-summary.ts";
import type { Agreement } from "../export/check-export.ts";

export interface Exported {
  readonly id: string;
  readonly title: string;
  /** The size of the run's own weights, and its accuracy. */
  readonly own: Count & { readonly bytes: number };
  readonly written: readonly {
    readonly precision: StoragePrecision;
    readonly path: string;
    readonly bytes: number;
    readonly agreement: Agreement;
  }[];
}

/** "2.3 MB" */
export function formatSize(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** One line for the run, and one for each file with its largest differences from the run's predictions. */
export function exportTable({ id, title, own, written }: Exported): string {
  const rows = [
    ["", "size", "test accuracy", "largest difference", "of masks", "file"],
    ["the run's own", formatSize(own.bytes), formatCount(own), "", "", ""],
    ...written.map(({ precision, path, bytes, agreement }) => [
      precision,
      formatSize(bytes),
      formatCount(agreement),
      agreement.probabilities.toExponential(1),
      agreement.mask?.toExponential(1) ?? "no mask",
      path,
    ]),
  ];
  return `run ${id}: ${title}\n${alignColumns(rows, ["left"]).join("\n")}\n`;
}
