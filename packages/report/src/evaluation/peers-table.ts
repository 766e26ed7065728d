/** @file A run beside models of other packages, on the same images. */
import {
  dataCells,
  dataColumns,
  datasetColumn,
  estimateCell,
  list,
  number,
  text,
} from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import { wilsonInterval } from "../statistics.ts";
import type { Column, Table } from "../table.ts";
import { compare } from "./compare.ts";
import type { Comparison } from "./compare.ts";
import type { BootstrapOptions } from "./bootstrap.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluate.ts";
import {
  bootstrapLegend,
  type EvaluatedRun,
  resamplingCells,
  resamplingColumns,
} from "./evaluation-table.ts";
import type { LabelledPredictions } from "./predictions.ts";

/** A model's predictions for the run's images. */
export interface PeerPredictions {
  /** "mvt" or "face-api-whole", as the CSV names it. */
  readonly id: string;
  readonly title: string;
  readonly predictions: LabelledPredictions;
}

/** A model, measured. */
export interface MeasuredPeer extends Omit<PeerPredictions, "predictions"> {
  readonly evaluation: Evaluation;
  /** With the run: the first is the run, the second this model. Absent of the run itself. */
  readonly comparison?: Comparison;
}

/** The run first, then the others compared with it. Throws a RangeError if they are not of the same images. */
export function measurePeers(
  [ours, ...others]: readonly [PeerPredictions, ...PeerPredictions[]],
  options: () => BootstrapOptions,
): readonly MeasuredPeer[] {
  const measured = ({ id, title, predictions }: PeerPredictions) => ({
    id,
    title,
    evaluation: evaluate(predictions, options()),
  });
  return [
    measured(ours),
    ...others.map((other) => ({
      ...measured(other),
      comparison: compare(ours.predictions, other.predictions, options()),
    })),
  ];
}

/** `notes`: what one must know about the other models. Throws a RangeError if the provenance does not describe the run's data. */
export function peersTable(
  run: EvaluatedRun,
  peers: readonly MeasuredPeer[],
  provenance: Provenance,
  notes: readonly string[],
): Table {
  const { dataset, kind } = run;
  return {
    title: `${run.title}, and models of other packages, on the same ${run.split} images`,
    columns: [datasetColumn, ...columns, ...dataColumns],
    rows: peers.map(({ id, title, evaluation, comparison }) => {
      const { k, n, meanClassAccuracy } = evaluation;
      return {
        dataset,
        cells: {
          ...dataCells("peersTable", { dataset, kind }, provenance),
          ...resamplingCells(evaluation),
          runs: list([run.id]),
          model: text(title),
          model_id: text(id),
          right: text(`${k} of ${n}`),
          k: number(k),
          n: number(n),
          accuracy: estimateCell({ value: k / n, interval: wilsonInterval(k, n) }, n),
          mean_class_accuracy: estimateCell(meanClassAccuracy, n),
          difference: comparison && {
            kind: "estimate",
            ...comparison.accuracy.difference,
            images: n,
            signed: true,
          },
          p: comparison && number(Number(comparison.p.toPrecision(2))),
        },
      };
    }),
    legend: [
      `Run ${run.id}, ${run.weights} weights.`,
      "Accuracy: with its 95 % Wilson interval. Mean class accuracy (UAR, unweighted average recall): every class has the same weight.",
      `${bootstrapLegend(peers[0]!.evaluation)} Minus the run: in percentage points, on the same resamples. p: McNemar's exact two-sided test.`,
    ],
    notes,
    provenance,
  };
}

const columns: readonly Column[] = [
  { key: "model", title: "Model", kind: "text" },
  { key: "model_id", title: "Model id", kind: "text", only: "csv" },
  { key: "right", title: "Right", kind: "text", only: "markdown" },
  { key: "k", title: "k", kind: "number", only: "csv" },
  { key: "n", title: "n", kind: "number", only: "csv" },
  { key: "accuracy", title: "Accuracy (%)", kind: "estimate" },
  { key: "mean_class_accuracy", title: "Mean class accuracy (%)", kind: "estimate" },
  { key: "difference", title: "Minus the run (points)", kind: "estimate" },
  { key: "p", title: "p", kind: "number" },
  ...resamplingColumns,
];
