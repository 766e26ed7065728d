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
  /** Over how many seeds the counts are added up: each image counts once for each. Default 1. */
  readonly seeds?: number;
}

const ofThePaper = "Figure 6: confusion matrices";

export const figure6 = {
  id: "figure6",
  title: ofThePaper,

  /**
   * The figure as SVG: every cell has the number of images and their percentage of the row. `title`: what stands above
   * matrices that are not those of Figure 6.
   * Throws a RangeError if counts are invalid, or there is not one row and column per class.
   */
  async draw(
    matrices: readonly ConfusionMatrix[],
    { synthetic, title = ofThePaper }: { readonly synthetic: boolean; readonly title?: string },
  ): Promise<string> {
    if (matrices.length === 0) {
      throw new RangeError("figure6: expected at least one matrix, got none");
    }
    for (const matrix of matrices) check(matrix);
    return renderSvg(
      {
        title: figureTitle(title, synthetic, [
          matrices.some(({ seeds = 1 }) => seeds > 1)
            ? "In each cell: predictions of all seeds, and their share of the row."
            : "In each cell: images, and their share of the row.",
        ]),
        hconcat: matrices.map(panel),
        spacing: 32,
      },
      {
        title,
        text: `${matrices.map((matrix) => `${matrix.dataset}: ${rightWords(matrix)}`).join("; ")}. Rows are true classes, columns predicted ones.`,
      },
    );
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

/** "419 of 500 images right (83.8 %)", or "838 of 1000 predictions right (83.8 %): 500 images with each of 2 seeds". */
function rightWords({ counts, seeds = 1 }: ConfusionMatrix): string {
  const n = sum(counts.flat());
  if (n === 0) return "no images";
  const k = sum(counts.map((row, i) => row[i]!));
  const right = (what: string) => `${k} of ${n} ${what} right (${countPercent({ k, n })} %)`;
  return seeds === 1
    ? right("images")
    : `${right("predictions")}: ${n / seeds} images with each of ${seeds} seeds`;
}

function panel(matrix: ConfusionMatrix): Panel {
  const { dataset, classes, counts } = matrix;
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
  const size = cellSize * classes.length;
  return {
    title: {
      text: dataset,
      subtitle: rightWords(matrix),
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
