/**
 * @file Which of the two modules a run has: MGN with its m, relabelling with its f.
 */
import type { Cells, Column } from "../table.ts";
import { parameterList, type ThresholdLabel, thresholdWords } from "../threshold-label.ts";
import { number, text } from "./cells.ts";
import { maskPercent, sameRatio } from "./mask-ratio.ts";

export interface Configuration {
  /** The mask ratio m of its MGN; undefined without MGN. */
  readonly mgn: number | undefined;
  /** The function f of its relabelling; undefined without relabelling. */
  readonly relabel: ThresholdLabel | undefined;
}

/** "m = 15 %, sigmoid, k=10, x0=0.5". */
export function configurationWords({ mgn, relabel }: Configuration): string {
  return [
    mgn === undefined ? "no MGN" : `m = ${maskPercent(mgn)} %`,
    relabel === undefined ? "no relabelling" : thresholdWords(relabel),
  ].join(", ");
}

/** Whether a row of the paper with this m and f stands for the same; the paper has no plugins. */
export function sameConfiguration(
  { m, f }: { readonly m?: number; readonly f?: string },
  { mgn, relabel }: Configuration,
): boolean {
  return sameRatio(m, mgn) && f === relabel?.name && relabel?.plugin !== true;
}

export function configurationCells({ mgn, relabel }: Configuration): Cells {
  return {
    ...(mgn === undefined ? {} : { m: number(mgn) }),
    ...(relabel === undefined
      ? {}
      : { f: text(relabel.name), parameters: text(parameterList(relabel, ",")) }),
  };
}

export const configurationColumns: readonly Column[] = [
  { key: "m", title: "m", kind: "number", only: "csv" },
  { key: "f", title: "f", kind: "text", only: "csv" },
  { key: "parameters", title: "Parameters", kind: "text", only: "csv" },
];
