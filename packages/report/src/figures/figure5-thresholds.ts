/** @file The left panel of Figure 5: the threshold f(P_gt) + δ of Eq. 6, and where it stops relabelling. */
import type { CurveScales } from "./curve-style.ts";
import { faintInk } from "./theme.ts";
import type { Panel } from "./vega.ts";

export interface ThresholdCurve {
  /** The name of the function f: "sigmoid". */
  readonly name: string;
  /** [P_gt, f(P_gt)], ascending in P_gt. */
  readonly points: readonly (readonly [number, number])[];
  /** The P_gt above which no sample can be relabelled; 0 if none ever can. */
  readonly cutOff: number;
  /** Whether f depends on more than P_gt, so that points and cut-off are those of one example. */
  readonly example?: boolean;
}

/**
 * Probabilities sum to one, so P_max - P_gt is at most 1 - 2 P_gt. The panel draws that limit: a threshold can
 * relabel while it is below the limit, and the cut-off is where they cross.
 */
export function thresholdPanel(
  functions: readonly ThresholdCurve[],
  delta: number,
  { color, strokeDash, shape }: CurveScales,
): Panel {
  const thresholds = functions.flatMap(({ name, points }) =>
    points.map(([pGt, f]) => ({ curve: name, pGt, difference: f + delta })),
  );
  const examples = functions.filter(({ example }) => example).map(({ name }) => name);
  const end = Math.max(...thresholds.map(({ pGt }) => pGt));
  const limitEnd = Math.min(end, 0.5);
  const limit = [0, limitEnd].map((pGt) => ({ pGt, difference: 1 - 2 * pGt }));
  const cutOffs = functions
    .filter(({ cutOff }) => cutOff > 0 && cutOff <= limitEnd)
    .map(({ name, cutOff }) => ({ curve: name, pGt: cutOff, difference: 1 - 2 * cutOff }));
  const x = {
    field: "pGt",
    type: "quantitative",
    title: "P_gt, probability of the given label",
    scale: { domainMin: 0, domainMax: end, nice: false },
    axis: { grid: false },
  } as const;
  const y = {
    field: "difference",
    type: "quantitative",
    title: "P_max − P_gt",
    scale: { zero: true },
  } as const;
  return {
    title: {
      text: `Threshold f(P_gt) + δ, δ = ${delta}`,
      subtitle: [
        "marked: from here on no label changes",
        ...(examples.length > 0 ? [`drawn for one example: ${examples.join(", ")}`] : []),
      ],
      fontSize: 13,
    },
    width: 330,
    height: 280,
    layer: [
      {
        data: { values: limit },
        mark: { type: "line", color: faintInk, strokeWidth: 1 },
        encoding: { x, y },
      },
      {
        data: { values: limit.slice(0, 1) },
        mark: {
          type: "text",
          text: "1 − 2 P_gt: the most it can be",
          align: "left",
          baseline: "middle",
          dx: 8,
          dy: -7,
          color: faintInk,
        },
        encoding: { x, y },
      },
      {
        data: { values: thresholds },
        mark: { type: "line", strokeWidth: 2 },
        encoding: { x, y, color, strokeDash },
      },
      {
        data: { values: cutOffs },
        mark: { type: "rule", strokeWidth: 1, strokeDash: [1, 3] },
        encoding: { x, y, y2: { datum: 0 }, color },
      },
      {
        data: { values: cutOffs },
        mark: { type: "point", filled: true, size: 80, opacity: 1 },
        encoding: { x, y, color, shape },
      },
    ],
  };
}
