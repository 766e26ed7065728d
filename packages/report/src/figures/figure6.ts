/**
 * @file Figure 6: confusion matrices, side by side.
 */
import { renderSvg } from "./render-svg.ts";
import type { Panel } from "./spec.ts";
import { figureTitle, ink } from "./theme.ts";

export interface ConfusionMatrix {
  readonly dataset: string;
  /** By name, in the order of rows and columns. */
  readonly classes: readonly string[];
  /** Images; rows are true classes, columns predicted ones. [K, K] */
  readonly counts: readonly (readonly number[])[];
}

/**
 * The figure as SVG: in every cell the number of images and its share of the row.
 * Throws a RangeError where counts are none, or not one row and column per class.
 */
export async function figure6(
  matrices: readonly ConfusionMatrix[],
  { synthetic }: { readonly synthetic: boolean },
): Promise<string> {
  if (matrices.length === 0)
    throw new RangeError("figure6: expected at least one matrix, got none");
  for (const matrix of matrices) check(matrix);
  return renderSvg({
    title: figureTitle("Figure 6: confusion matrices", synthetic, [
      "In each cell: images, and their share of the row.",
    ]),
    hconcat: matrices.map(panel),
    spacing: 32,
  });
}

function check({ dataset, classes, counts }: ConfusionMatrix) {
  const K = classes.length;
  const sizes = [counts.length, ...counts.map((row) => row.length)];
  if (K === 0 || sizes.some((size) => size !== K)) {
    throw new RangeError(
      `figure6: expected ${K} rows of ${K} counts for the ${K} classes of ${dataset}, got rows of ${sizes.slice(1).join(", ")}`,
    );
  }
  const wrong = counts.flat().find((count) => !Number.isInteger(count) || count < 0);
  if (wrong !== undefined) {
    throw new RangeError(`figure6: expected counts of images on ${dataset}, got ${wrong}`);
  }
}

const cellSize = 56;

/** From none of the row to all of it; the numbers keep 6 : 1 on the darkest. */
const shades = ["#f2f6fa", "#6aa5d8"];

function panel({ dataset, classes, counts }: ConfusionMatrix): Panel {
  const values = counts.flatMap((row, i) => {
    const total = sum(row);
    return row.map((count, j) => ({
      truth: classes[i]!,
      predicted: classes[j]!,
      count: String(count),
      percent: total === 0 ? "–" : `${((100 * count) / total).toFixed(1)} %`,
      share: total === 0 ? 0 : count / total,
    }));
  });
  const right = sum(counts.map((row, i) => row[i]!));
  const all = sum(counts.flat());
  const size = cellSize * classes.length;
  return {
    title: {
      text: dataset,
      subtitle:
        all === 0
          ? "no images"
          : `${right} of ${all} images right (${((100 * right) / all).toFixed(1)} %)`,
      fontSize: 13,
    },
    width: size,
    height: size,
    data: { values },
    encoding: {
      x: {
        field: "predicted",
        type: "nominal",
        sort: [...classes],
        title: "Predicted",
        axis: { labelAngle: -40, labelOverlap: false, ticks: false, domain: false },
      },
      y: {
        field: "truth",
        type: "nominal",
        sort: [...classes],
        title: "True",
        axis: { labelOverlap: false, ticks: false, domain: false },
      },
    },
    layer: [
      {
        mark: { type: "rect", stroke: "#ffffff", strokeWidth: 1 },
        encoding: {
          color: {
            field: "share",
            type: "quantitative",
            scale: { domain: [0, 1], range: shades },
            legend: null,
          },
        },
      },
      {
        mark: { type: "text", dy: -7, fontSize: 12, fontWeight: "bold", color: ink },
        encoding: { text: { field: "count" } },
      },
      {
        mark: { type: "text", dy: 8, fontSize: 10.5, color: ink },
        encoding: { text: { field: "percent" } },
      },
    ],
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
