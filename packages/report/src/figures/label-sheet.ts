/** @file A contact sheet of changed labels: each image with its labels and the probabilities of the last change. */
import { escapeXml } from "./escape-xml.ts";
import { faintInk, font, ink } from "./theme.ts";

export interface ChangedImage {
  readonly id: string;
  /** Square, as PNG. */
  readonly png: Uint8Array;
  /** The labels that it had, by name: the given one first, the current one last. */
  readonly labels: readonly string[];
  /** Undefined where it is unknown. */
  readonly truth: string | undefined;
  /** The numbers of the last change: its epoch, P_gt and P_max. */
  readonly epoch: number;
  readonly pGt: number;
  readonly pMax: number;
}

export interface LabelSheet {
  /** "RAF-DB, linear, seed 0". */
  readonly title: string;
  readonly synthetic: boolean;
  readonly images: readonly ChangedImage[];
  /** How many labels were changed in all. */
  readonly changed: number;
  /** Whose probability P_gt is. */
  readonly reference: "current" | "original";
}

/** Pixels. The longest change of two labels, "happiness → surprise", fits under an image. */
const [side, gap, margin, lineHeight] = [160, 16, 20, 17];
const columns = 8;

/** Dark enough on white for small text: 5.1 : 1 and 6.5 : 1. Words say the same. */
const colours = { right: "#1a7f37", wrong: "#b3261e" };

export const labelSheet = {
  title: "Changed labels",

  /** The sheet as SVG, with the images inside it. Throws a RangeError if there is none. */
  draw({ title, synthetic, images, changed, reference }: LabelSheet): string {
    if (images.length === 0) throw new RangeError("labelSheet: expected an image, got none");
    const known = images.some(({ truth }) => truth !== undefined);
    const captionHeight = lineHeight * (known ? 4 : 3) + 6;
    const across = Math.min(columns, Math.max(images.length, 4));
    const rows = Math.ceil(images.length / across);
    const head = 52 + (synthetic ? 18 : 0);
    const width = 2 * margin + across * side + (across - 1) * gap;
    const height = 2 * margin + head + rows * (side + captionHeight) + (rows - 1) * gap;
    const shown = images.length < changed ? `${images.length} of ${changed}` : `all ${changed}`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}">`,
      `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
      text([margin, margin + 16], `${labelSheet.title}: ${title}`, { size: 16 }),
      text(
        [margin, margin + 36],
        `${shown} changed images, the most doubtful labels first. P_gt: probability of the ${reference === "current" ? "replaced" : "given"} label, P_max: of the new one, at the last change.`,
        { size: 12, colour: faintInk },
      ),
      ...(synthetic
        ? [
            text([margin, margin + 54], "Synthetic data: faces drawn by this project.", {
              size: 12,
              colour: faintInk,
            }),
          ]
        : []),
      ...images.map((image, i) => {
        const x = margin + (i % across) * (side + gap);
        const y = margin + head + Math.floor(i / across) * (side + captionHeight + gap);
        return cell(image, x, y);
      }),
      "</svg>",
    ].join("\n");
  },
};

function cell(image: ChangedImage, x: number, y: number): string {
  const { id, png, labels, truth, epoch, pGt, pMax } = image;
  const right = truth === labels.at(-1);
  const line = (i: number) => [x, y + side + lineHeight * (i + 1)] as const;
  const change = changeText(labels);
  return [
    `<image x="${x}" y="${y}" width="${side}" height="${side}" href="data:image/png;base64,${Buffer.from(png).toString("base64")}"/>`,
    text(line(0), change, { size: change.length > 22 ? 11 : 13, bold: true }),
    text(line(1), `P_gt ${pGt.toFixed(2)}  P_max ${pMax.toFixed(2)}`, { size: 12 }),
    ...(truth === undefined
      ? []
      : [
          text(line(2), right ? "right" : `wrong: it is ${truth}`, {
            size: 12,
            colour: right ? colours.right : colours.wrong,
          }),
        ]),
    text(line(truth === undefined ? 2 : 3), `${shortened(id)}, epoch ${epoch}`, {
      size: 11,
      colour: faintInk,
    }),
  ].join("\n");
}

/** "anger → fear", "anger → … → fear" */
function changeText(labels: readonly string[]): string {
  const [first, last] = [labels[0]!, labels.at(-1)!];
  return labels.length > 2 ? `${first} → … → ${last}` : `${first} → ${last}`;
}

/** Ids of real data can be paths: their end tells them apart. */
function shortened(id: string): string {
  return id.length > 16 ? `…${id.slice(-15)}` : id;
}

function text(
  [x, y]: readonly [number, number],
  content: string,
  { size, colour = ink, bold = false }: { size: number; colour?: string; bold?: boolean },
): string {
  const weight = bold ? ' font-weight="bold"' : "";
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${weight} xml:space="preserve">${escapeXml(content)}</text>`;
}
