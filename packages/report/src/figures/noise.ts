/** @file The figure of the noise study: accuracy by rate for each kind of noise, and the gain by start and rate. */
import { mean } from "simple-statistics";
import { conjunction } from "../columns.ts";
import type { PairedDifference } from "../paired.ts";
import { differenceWords } from "../paired.ts";
import { meanOverSeeds } from "../statistics.ts";
import { curveLegend, curveScales, type CurveScales } from "./curve-style.ts";
import { figureTitle, ink } from "./theme.ts";
import { type Panel, renderSvg } from "./vega.ts";

/** Accuracies at one rate of noise. */
export interface NoisePoint {
  /** "Constant", "labels as given". */
  readonly curve: string;
  /** 0 to 1. */
  readonly rate: number;
  /** One per seed, 0 to 1. */
  readonly accuracies: readonly number[];
}

export interface NoisePanel {
  /** "symmetric" */
  readonly kind: string;
  readonly points: readonly NoisePoint[];
}

/** What relabelling gains over labels as given if it begins in this epoch. */
export interface StartGain {
  readonly rate: number;
  readonly epoch: number;
  /** Of the epoch before, on the labels as given; 0 to 1. */
  readonly trainAccuracy?: number;
  readonly gain: PairedDifference;
}

export interface NoiseFigure {
  /** "RAF-DB" */
  readonly dataset: string;
  readonly synthetic: boolean;
  readonly panels: readonly NoisePanel[];
  /** "Sigmoid" */
  readonly f: string;
  readonly starts: readonly StartGain[];
}

export const noiseFigure = {
  id: "noise",
  title: "Relabelling by kind and rate of label noise",

  /** The figure as SVG. Throws a RangeError if there is no point. */
  async draw({ dataset, synthetic, panels, f, starts }: NoiseFigure): Promise<string> {
    const names = [...new Set(panels.flatMap(({ points }) => points.map(({ curve }) => curve)))];
    if (names.length === 0) throw new RangeError("noise: expected at least one point, got none");
    const scales = curveScales(names);
    const entries = names.map((curve) => ({ curve, text: curve }));
    const all = panels.flatMap(({ points }) => points.flatMap(rangeOf));
    const domain: [number, number] = [
      Math.min(...all.map(({ low }) => low)),
      Math.max(...all.map(({ high }) => high)),
    ];
    const width = panelWidth + 60;
    return renderSvg(
      {
        title: figureTitle(`${noiseFigure.title}: ${dataset}`, synthetic, [
          "Upper row: test accuracy; mean over seeds ± 2 standard errors.",
          ...(starts.length > 0
            ? [
                `Below: gain of ${f} over labels as given, in points ± standard error, by its first epoch.`,
              ]
            : []),
        ]),
        vconcat: [
          curveLegend(entries, scales, Math.max(2, panels.length) * width),
          { hconcat: panels.map((panel) => ratePanel(panel, scales, domain)), spacing: 24 },
          ...(starts.length > 0 ? [startMap(starts)] : []),
        ],
      },
      {
        title: `${noiseFigure.title}: ${dataset}`,
        text: `Test accuracy by rate of wrong labels, for ${conjunction.format(panels.map(({ kind }) => kind))} noise, with ${conjunction.format(names)}. The tables of the study have the numbers.`,
      },
    );
  },
};

const panelWidth = 230;

/** The mean accuracy in percent with two standard errors either way; one seed has none. */
function rangeOf({ curve, rate, accuracies }: NoisePoint) {
  const percents = accuracies.map((accuracy) => 100 * accuracy);
  const { std = 0 } = meanOverSeeds(percents);
  const centre = mean(percents);
  const half = (2 * std) / Math.sqrt(percents.length);
  return [{ curve, rate: 100 * rate, mean: centre, low: centre - half, high: centre + half }];
}

function ratePanel(
  { kind, points }: NoisePanel,
  { color, strokeDash, shape }: CurveScales,
  domain: [low: number, high: number],
): Panel {
  const rates = [...new Set(points.map(({ rate }) => Math.round(100 * rate)))];
  const x = {
    field: "rate",
    type: "quantitative",
    title: "Wrong training labels (%)",
    scale: { nice: false, padding: 8 },
    axis: { grid: false, values: rates },
  } as const;
  const y = (field: "mean" | "low") =>
    ({
      field,
      type: "quantitative",
      title: "Accuracy on the test set (%)",
      scale: { zero: false, domain },
    }) as const;
  return {
    title: { text: kind, fontSize: 13 },
    width: panelWidth,
    height: 240,
    data: { values: points.flatMap(rangeOf) },
    layer: [
      { mark: { type: "line", strokeWidth: 2 }, encoding: { x, y: y("mean"), color, strokeDash } },
      {
        mark: { type: "rule", strokeWidth: 1.5 },
        encoding: { x, y: y("low"), y2: { field: "high" }, color },
      },
      {
        mark: { type: "point", filled: true, size: 50, opacity: 1 },
        encoding: { x, y: y("mean"), color, shape },
      },
    ],
  };
}

/** A map: rates down, first epochs across, the gain in colour and in words. */
function startMap(starts: readonly StartGain[]): Panel {
  const extreme = Math.max(0.1, ...starts.map(({ gain }) => Math.abs(100 * gain.mean)));
  const values = starts.map(({ rate, epoch, trainAccuracy, gain }) => ({
    rate: `${Math.round(100 * rate)} %`,
    epoch: String(epoch),
    gain: 100 * gain.mean,
    words: differenceWords(gain),
    accuracy:
      trainAccuracy === undefined ? "" : `at ${(100 * trainAccuracy).toFixed(0)} % train. acc.`,
    dark: Math.abs(100 * gain.mean) > 0.8 * extreme,
  }));
  const epochs = [...new Set(starts.map(({ epoch }) => epoch))].toSorted((a, b) => a - b);
  const rates = [...new Set(starts.map(({ rate }) => rate))].toSorted((a, b) => a - b);
  const x = {
    field: "epoch",
    type: "nominal",
    title: "First epoch that relabels",
    sort: epochs.map(String),
    axis: { labelAngle: 0 },
  } as const;
  const y = {
    field: "rate",
    type: "nominal",
    title: "Wrong training labels",
    sort: rates.map((rate) => `${Math.round(100 * rate)} %`),
  } as const;
  const words = (field: "words" | "accuracy", dy: number, fontSize: number) =>
    ({
      mark: { type: "text", dy, fontSize },
      encoding: {
        x,
        y,
        text: { field, type: "nominal" },
        color: { condition: { test: "datum.dark", value: "#ffffff" }, value: ink },
      },
    }) as const;
  return {
    width: 130 * epochs.length,
    height: 52 * rates.length,
    data: { values },
    layer: [
      {
        mark: { type: "rect" },
        encoding: {
          x,
          y,
          color: {
            field: "gain",
            type: "quantitative",
            legend: null, // the numbers stand in the cells
            // Blue for gains and orange for losses: told apart in every common colour blindness.
            scale: { domain: [-extreme, 0, extreme], range: ["#b35806", "#f7f7f7", "#2166ac"] },
          },
        },
      },
      words("words", -6, 12),
      words("accuracy", 11, 10),
    ],
    resolve: { scale: { color: "independent" } },
  };
}
