/** @file Figure 2: test images, with their masked versions below; each row has a label (section 3.2). */
import { escapeXml } from "./escape-xml.ts";
import { faintInk, font, ink, syntheticWarning } from "./theme.ts";

export interface Figure2 {
  /** The title of the data set. */
  readonly dataset: string;
  readonly synthetic: boolean;
  /** The label of each row, from the top. */
  readonly labels: readonly string[];
  /** A PNG of the rows, all of the same height. */
  readonly sheet: { readonly png: Uint8Array; readonly width: number; readonly height: number };
}

/** Pixels: the outer margin, the width of the labels, the height of title and warning. */
const [margin, labelWidth, headHeight] = [16, 176, 56];

export const figure2 = {
  id: "figure2",
  title: "Figure 2: masks",

  /** The figure as SVG, with the images inside it. Throws a RangeError if there is no row. */
  draw({ dataset, synthetic, labels, sheet }: Figure2): string {
    if (labels.length === 0) throw new RangeError("figure2: expected at least one row, got none");
    const [width, height] = [
      labelWidth + sheet.width + 2 * margin,
      headHeight + sheet.height + 2 * margin,
    ];
    const top = margin + headHeight;
    const rowHeight = sheet.height / labels.length;
    const text = (x: number, y: number, size: number, colour: string, content: string) =>
      `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}">${escapeXml(content)}</text>`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}" role="img">`,
      `<title>${escapeXml(`${figure2.title} on ${dataset}`)}</title>`,
      `<desc>${escapeXml(`Rows of faces, from the top: ${labels.join(", ")}.${synthetic ? ` ${syntheticWarning}` : ""}`)}</desc>`,
      `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
      text(margin, margin + 16, 16, ink, `${figure2.title} on ${dataset}`),
      ...(synthetic ? [text(margin, margin + 36, 12, faintInk, syntheticWarning)] : []),
      ...labels.map((label, row) =>
        text(margin, top + (row + 0.5) * rowHeight + 4, 13, ink, label),
      ),
      `<image x="${margin + labelWidth}" y="${top}" width="${sheet.width}" height="${sheet.height}" href="data:image/png;base64,${Buffer.from(sheet.png).toString("base64")}"/>`,
      "</svg>",
    ].join("\n");
  },
};
