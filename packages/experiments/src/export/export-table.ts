/** @file The files that an export wrote, beside the run itself. */
import type { StoragePrecision } from "@mvt/core";
import { formatCount } from "../cli/result.ts";
import type { Count } from "../training/evaluation.ts";
import type { Agreement } from "./check-export.ts";

export interface Exported {
  readonly id: string;
  readonly title: string;
  /** The run's own weights and answers. */
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
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  return `run ${id}: ${title}\n${lines.join("\n")}\n`;
}
