/** @file The training images whose labels a run changed. */
import { h } from "hastscript";
import { countPercent } from "../accuracy.ts";
import { grid, number, text, type Content } from "./elements.ts";
import { gallery } from "./pictures.ts";

/** One training image with another label than the run was given, at some time of it. */
export interface RelabelledImage {
  readonly id: string;
  readonly given: string;
  /** After the last change. */
  readonly current: string;
  /** Undefined where it is unknown. */
  readonly truth: string | undefined;
  /** The epochs that changed the label. */
  readonly epochs: readonly number[];
  /** Of the last change: the probabilities of the label before it and of the one after it. */
  readonly pGt?: number;
  readonly pMax?: number;
  /** Area under the margin of the given label: the lower, the more doubtful. */
  readonly aum: number | undefined;
  /** The picture, where the data set is at hand. */
  readonly png?: Uint8Array;
}

export interface Relabelled {
  readonly images: readonly RelabelledImage[];
  /** All training images. */
  readonly of: number;
}

/** More are in the run's files. */
const mostRows = 500;

/** From here on the table scrolls in itself. */
const tallRows = 20;

/** `file`: where all of them are. */
export function relabelled({ images, of }: Relabelled, file: string): readonly Content[] {
  if (images.length === 0) return [h("p", `None of ${of} training labels was changed.`)];
  const doubtful = images.toSorted((a, b) => (a.aum ?? Infinity) - (b.aum ?? Infinity));
  const differing = images.filter(({ given, current }) => given !== current);
  const back = images.length - differing.length;
  const known = differing.filter(({ truth }) => truth !== undefined);
  const right = known.filter(({ current, truth }) => current === truth);
  const count = { k: right.length, n: known.length };
  const pictures = doubtful.flatMap((image) => (image.png ? [{ ...image, png: image.png }] : []));
  return [
    h("p", [
      `${images.length} of ${of} training labels were changed${back === 0 ? "" : `, ${back} of them back to the given label`}.`,
      ...(count.n === 0
        ? []
        : [` Of ${count.n} new labels, ${count.k} are right (${countPercent(count)} %).`]),
      " The most doubtful labels come first.",
    ]),
    ...(pictures.length === 0
      ? []
      : [
          gallery(
            pictures.map(({ png, id, given, current, truth }) => ({
              png,
              alt: `Training image ${id}`,
              caption: [
                h("b", `${given} → ${current}`),
                h("br"),
                ...verdict(current, truth),
                ...(truth === undefined ? [] : [h("br")]),
                h("span.quiet", id),
              ],
            })),
          ),
        ]),
    grid({
      caption:
        images.length > mostRows
          ? `${mostRows} of ${images.length} images; all are in ${file}`
          : `Images with changed labels`,
      tall: images.length > tallRows,
      columns: [
        { title: "Image", heads: true },
        { title: "Given" },
        { title: "Now" },
        { title: "True" },
        { title: "Epochs" },
        ...["P_gt", "P_max", "Margin (AUM)"].map((title) => ({ title, numeric: true })),
      ],
      rows: doubtful
        .slice(0, mostRows)
        .map(({ id, given, current, truth, epochs, ...measured }) => {
          const { pGt, pMax, aum } = measured;
          const optional = (value: number | undefined) =>
            value === undefined ? undefined : number(value, value.toFixed(3).replace("-", "−"));
          return [
            text(id),
            text(given),
            text(current),
            truth === undefined ? undefined : { content: verdict(current, truth) },
            { ...text(epochs.join(", ")), sort: epochs.at(-1) },
            ...[pGt, pMax, aum].map(optional),
          ];
        }),
    }),
  ];
}

/** "right", "wrong: it is fear" */
function verdict(current: string, truth: string | undefined): readonly Content[] {
  if (truth === undefined) return [];
  return [
    current === truth
      ? h("span.right", `right: ${truth}`)
      : h("span.wrong", `wrong: it is ${truth}`),
  ];
}
