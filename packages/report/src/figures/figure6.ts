/** @file Figure 6: confusion matrices, side by side. */
import { sum } from "@mvt/common";
import { countPercent } from "../accuracy.ts";
import { figureTitle, ink } from "./theme.ts";
import { type Panel, renderSvg } from "./vega.ts";

export interface ConfusionMatrix {
  readonly dataset: string;
  /** By name, in the order of rows and columns. */
  readonly classes: readonly string[];
  /** Images; rows are true classes, columns predicted ones. [K, K] */
  readonly counts: readonly (readonly number[])[];
}

export const figure6 = {
  id: "figure6",
  title: "Figure 6: confusion matrices",

  /**
   * The figure as SVG: every cell has the number of images and their percentage of the row.
   * Throws a RangeError if counts are invalid, or there is not one row and column per class.
   */
  async draw(
    matrices: readonly ConfusionMatrix[],
    { synthetic }: { readonly synthetic: boolean },
  ): Promise<string> {
    if (matrices.length === 0) {
      throw new RangeError("figure6: expected at least one matrix, got none");
    }
    for (const matrix of matrices) check(matrix);
    return renderSvg({
      title: figureTitle(figure6.title, synthetic, [
        "In each cell: images, and their share of the row.",
      ]),
      hconcat: matrices.map(panel),
      spacing: 32,
    });
  },
};

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

/** From none of the row to all of it; the numbers keep a contrast of 6 : 1 on the darkest. */
const shades = ["#f2f6fa", "#6aa5d8"];

function panel({ dataset, classes, counts }: ConfusionMatrix): Panel {
  const values = counts.flatMap((row, i) => {
    const total = sum(row);
    return row.map((count, j) => ({
      truth: classes[i]!,
      predicted: classes[j]!,
      count: String(count),
      percent: total === 0 ? "–" : `${countPercent({ k: count, n: total })} %`,
      fraction: total === 0 ? 0 : count / total,
    }));
  });
  const correct = sum(counts.map((row, i) => row[i]!));
  const all = sum(counts.flat());
  const size = cellSize * classes.length;
  return {
    title: {
      text: dataset,
      subtitle:
        all === 0
          ? "no images"
          : `${correct} of ${all} images right (${countPercent({ k: correct, n: all })} %)`,
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
            field: "fraction",
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
