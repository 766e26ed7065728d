/** @file A map of images: a point for each, in the colour of its class; wrong predictions are crosses. */
import { figureTitle, ink } from "./theme.ts";
import { renderSvg } from "./vega.ts";

export interface EmbeddingMap {
  /** "RAF-DB, linear, seed 0" */
  readonly title: string;
  readonly synthetic: boolean;
  /** The names of the classes, in their order. */
  readonly classes: readonly string[];
  /** Each image: its place, its class and whether it is predicted right. */
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly label: string;
    readonly right: boolean;
  }[];
  /** Shares of the variance along the axes, 0 to 1. */
  readonly explained: readonly [number, number];
  /** Where it comes from, in lines under the title. */
  readonly notes: readonly string[];
}

/** Nine colours of at least 3 : 1 on white that differ in hue and lightness. */
const colours = [
  "#d55e00",
  "#0072b2",
  "#00805f",
  "#a8447f",
  "#8a6d00",
  "#5b4bb7",
  "#333333",
  "#b3261e",
  "#2a8ca8",
];

/** The figure as SVG. Throws a RangeError if there is no point. */
export async function embeddingMap(map: EmbeddingMap): Promise<string> {
  const { title, synthetic, classes, points, explained, notes } = map;
  if (points.length === 0) throw new RangeError("embeddingMap: expected a point, got none");
  const axis = (i: 0 | 1) =>
    `${i === 0 ? "First" : "Second"} principal axis (${(100 * explained[i]).toFixed(1)} % of the variance)`;
  const heading = `Embeddings: ${title}`;
  const wrong = points.filter(({ right }) => !right).length;
  return renderSvg(
    {
      title: figureTitle(heading, synthetic, [
        ...notes,
        `A point is an image, in the colour of its label. Crosses are predicted wrong: ${wrong} of ${points.length}.`,
      ]),
      width: 560,
      height: 480,
      data: { values: points.map((point) => ({ ...point })) },
      mark: { type: "point", filled: false, size: 42, strokeWidth: 1.5, opacity: 0.8 },
      encoding: {
        x: { field: "x", type: "quantitative", title: axis(0), scale: { zero: false } },
        y: { field: "y", type: "quantitative", title: axis(1), scale: { zero: false } },
        color: {
          field: "label",
          type: "nominal",
          scale: {
            domain: [...classes],
            range: classes.map((_, i) => colours[i % colours.length]!),
          },
          legend: { title: "Label", labelColor: ink },
        },
        shape: {
          field: "right",
          type: "nominal",
          scale: { domain: [true, false], range: ["circle", "cross"] },
          legend: null,
        },
      },
    },
    {
      title: heading,
      text: `${points.length} images on the plane of the two principal axes of what goes into the head, coloured by label; ${wrong} of them are predicted wrong. The CSV file has the numbers.`,
    },
  );
}
