/** @file The right panels of Figure 5: test accuracy after every epoch, by threshold function. */
import { mean } from "simple-statistics";
import type { CurveScales } from "./curve-style.ts";
import { ink } from "./theme.ts";
import type { Panel } from "./vega.ts";

export interface AccuracyCurve {
  /** The name of the function f, or "no relabelling". */
  readonly name: string;
  /** One list per seed: the accuracy after each epoch, 0 to 1. */
  readonly seeds: readonly (readonly number[])[];
}

export interface Convergence {
  readonly dataset: string;
  /** The first epoch that relabels, counted from 1. */
  readonly relabelStart: number;
  readonly curves: readonly AccuracyCurve[];
}

/**
 * Throws a RangeError if there is no curve, a curve has no seed, no epoch or seeds of different
 * lengths, or an accuracy is not from 0 to 1.
 */
export function convergencePanel(
  { dataset, relabelStart, curves }: Convergence,
  { color, strokeDash, shape }: CurveScales,
): Panel {
  if (curves.length === 0) {
    throw new RangeError(`figure5: expected at least one curve on ${dataset}, got none`);
  }
  const epochs = curves.flatMap((curve) => bandOf(dataset, curve));
  const last = Math.max(...epochs.map(({ epoch }) => epoch));
  const names = [...new Set(epochs.map(({ curve }) => curve))];
  const interval = Math.max(1, Math.round(last / 8));
  const marked = epochs.filter(
    ({ curve, epoch }) => (epoch - 1 - names.indexOf(curve)) % interval === 0,
  );
  const start = relabelStart <= last ? [{ epoch: relabelStart }] : [];
  const x = {
    field: "epoch",
    type: "quantitative",
    title: "Epoch",
    scale: { domainMin: 1, domainMax: Math.max(2, last), nice: false },
    axis: { grid: false, tickMinStep: 1, format: "d" },
  } as const;
  const accuracy = (field: "mean" | "low") =>
    ({
      field,
      type: "quantitative",
      title: "Accuracy on the test set (%)",
      scale: { zero: false },
    }) as const;
  const early = relabelStart <= (1 + last) / 2;
  return {
    title: {
      text: dataset,
      subtitle: [
        seedWords(curves.map((curve) => curve.seeds.length)),
        ...(start.length > 0 ? [] : [`ends before relabelling starts (epoch ${relabelStart})`]),
      ],
      fontSize: 13,
    },
    width: 380,
    height: 280,
    data: { values: epochs },
    layer: [
      {
        mark: { type: "area", opacity: 0.15 },
        encoding: { x, y: accuracy("low"), y2: { field: "high" }, color },
      },
      {
        mark: { type: "line", strokeWidth: 2 },
        encoding: { x, y: accuracy("mean"), color, strokeDash },
      },
      {
        data: { values: marked },
        mark: { type: "point", filled: true, size: 60, opacity: 1 },
        encoding: { x, y: accuracy("mean"), color, shape },
      },
      {
        data: { values: start },
        mark: { type: "rule", color: ink, strokeWidth: 1.5 },
        encoding: { x },
      },
      {
        data: { values: start },
        mark: {
          type: "text",
          text: `relabelling starts (epoch ${relabelStart})`,
          y: "height",
          align: early ? "left" : "right",
          baseline: "bottom",
          dx: early ? 6 : -6,
          dy: -4,
          color: ink,
        },
        encoding: { x },
      },
    ],
  };
}

function seedWords(counts: readonly number[]): string {
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 1) return "one seed";
  return `mean, lowest and highest of ${fewest === most ? "" : `${fewest} to `}${most} seeds`;
}

/** Lowest, mean and highest accuracy over seeds, in percent, by epoch. */
function bandOf(dataset: string, { name, seeds }: AccuracyCurve) {
  const [first] = seeds;
  if (first === undefined || first.length === 0 || seeds.some((s) => s.length !== first.length)) {
    throw new RangeError(
      `figure5: expected seeds of ${name} on ${dataset} with equally many epochs, got ${seeds.map((s) => s.length).join(", ") || "no seed"}`,
    );
  }
  const wrong = seeds.flat().find((accuracy) => !(accuracy >= 0 && accuracy <= 1));
  if (wrong !== undefined) {
    throw new RangeError(
      `figure5: expected accuracies of ${name} on ${dataset} from 0 to 1, got ${wrong}`,
    );
  }
  return first.map((_, i) => {
    const percents = seeds.map((accuracies) => 100 * accuracies[i]!);
    return {
      curve: name,
      epoch: i + 1,
      mean: mean(percents),
      low: Math.min(...percents),
      high: Math.max(...percents),
    };
  });
}
