/**
 * @file Which of the two modules a run uses, MGN with its mask ratio m and relabelling with its threshold
 * function f, and how tables name and compare them.
 */
import { percent } from "@mvt/common";
import { number, text } from "../columns.ts";
import type { Cells, Column } from "../table.ts";

/** A threshold function f of relabelling, as reports name it. */
export interface ThresholdLabel {
  /** "constant", "linear", "quadratic", "sigmoid", or the name that a plugin gives itself. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly plugin: boolean;
}

export interface Configuration {
  /** The mask ratio m of its MGN; undefined without MGN. */
  readonly mgn: number | undefined;
  /** The function f of its relabelling; undefined without relabelling. */
  readonly relabel: ThresholdLabel | undefined;
}

/** As on the command line: "k=10,x0=0.5". */
export function parameterList({ parameters }: ThresholdLabel, separator: string): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(separator);
}

/** "sigmoid, k=10, x0=0.5". */
export function thresholdWords(f: ThresholdLabel): string {
  return [f.name, f.plugin ? "plugin" : "", parameterList(f, ", ")].filter(Boolean).join(", ");
}

/** "m = 15 %, sigmoid, k=10, x0=0.5". */
export function configurationWords({ mgn, relabel }: Configuration): string {
  return [
    mgn === undefined ? "no MGN" : `m = ${maskPercent(mgn)} %`,
    relabel === undefined ? "no relabelling" : thresholdWords(relabel),
  ].join(", ");
}

/** Whether a row of the paper with this m and f has this configuration; the paper has no plugins. */
export function sameConfiguration(
  { m, f }: { readonly m?: number; readonly f?: string },
  { mgn, relabel }: Configuration,
): boolean {
  return sameRatio(m, mgn) && f === relabel?.name && relabel?.plugin !== true;
}

/** m, f and the parameters of f for the CSV; absent modules have no cells. */
export function configurationCells({ mgn, relabel }: Configuration): Cells {
  return {
    m: mgn === undefined ? undefined : number(mgn),
    f: relabel && text(relabel.name),
    parameters: relabel && text(parameterList(relabel, ",")),
  };
}

export const configurationColumns: readonly Column[] = [
  { key: "m", title: "m", kind: "number", only: "csv" },
  { key: "f", title: "f", kind: "text", only: "csv" },
  { key: "parameters", title: "Parameters", kind: "text", only: "csv" },
];

/** Throws a RangeError, in the name of `table`, if m is not a fraction of an image that leaves some of it. */
export function checkMaskRatio(table: string, dataset: string, m: number, lowest: "0" | "above 0") {
  if (m >= 0 && m < 1 && (m > 0 || lowest === "0")) return;
  throw new RangeError(
    `${table}: expected a mask ratio m from ${lowest} to below 1 on ${dataset}, got ${m}`,
  );
}

/** "15", "12.5": in percent, without the digits that binary fractions add. */
export function maskPercent(m: number): string {
  return String(Number(percent(m, 4)));
}

/** 0.15 and 3 × 0.05 are the same ratio. */
export function sameRatio(a: number | undefined, b: number | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Math.abs(a - b) < 1e-9;
}
