/** @file An explained prediction: the image, what a mask leaves of it, and the relevance of its patches with a scale. */
import { escapeXml } from "./escape-xml.ts";
import { faintInk, font, ink } from "./theme.ts";

export interface ExplanationFigure {
  /** "happiness 93.1 %" */
  readonly title: string;
  /** What was computed, and from which model: a line each. */
  readonly notes: readonly string[];
  /** The images side by side, and a label for each. */
  readonly sheet: { readonly png: Uint8Array; readonly width: number; readonly height: number };
  readonly labels: readonly string[];
  /** The value of the last colour; the first is that of 0. */
  readonly most: number;
  /** Colours from 0 to `most`, as red, green and blue. */
  readonly colours: readonly (readonly [number, number, number])[];
  /** The value that every patch would have if all had the same. */
  readonly even: number;
}

/** Pixels. */
const [margin, line, bar] = [16, 17, 14];
const barWidth = 240;
const averageCharacter = 6.6; // px at 12 px type; a little more than Open Sans needs

/** The figure as SVG, with the images inside it. */
export function explanationFigure(figure: ExplanationFigure): string {
  const { title, notes, sheet, labels, most, colours, even } = figure;
  const longest = Math.max(...notes.map(({ length }) => length));
  const width = Math.ceil(Math.max(sheet.width, 320, longest * averageCharacter)) + 2 * margin;
  const top = margin + 24 + notes.length * line;
  const under = top + sheet.height + line;
  const scale = under + 16;
  const height = scale + bar + 2 * line + 4 + margin;
  const text = (x: number, y: number, content: string, size = 12, colour = faintInk, anchor = "") =>
    `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${anchor}>${escapeXml(content)}</text>`;
  const middle = ' text-anchor="middle"';
  const share = sheet.width / labels.length;
  const step = barWidth / colours.length;
  const place = most > 0 ? margin + barWidth * Math.min(1, even / most) : margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(margin, margin + 14, title, 16, ink),
    ...notes.map((note, i) => text(margin, margin + 14 + (i + 1) * line, note)),
    `<image x="${margin}" y="${top}" width="${sheet.width}" height="${sheet.height}" href="data:image/png;base64,${Buffer.from(sheet.png).toString("base64")}"/>`,
    ...labels.map((label, i) => text(margin + (i + 0.5) * share, under, label, 12, ink, middle)),
    ...colours.map(
      ([red, green, blue], i) =>
        `<rect x="${margin + i * step}" y="${scale}" width="${step + 0.5}" height="${bar}" fill="rgb(${red},${green},${blue})"/>`,
    ),
    `<path d="M${place} ${scale - 3}v${bar + 6}" stroke="${ink}"/>`,
    text(margin, scale + bar + line, "0", 12, ink),
    text(margin + barWidth, scale + bar + line, valueText(most), 12, ink, middle),
    text(
      margin,
      scale + bar + 2 * line + 2,
      `Relevance of a patch. The mark is an even share, ${valueText(even)}.`,
    ),
    "</svg>",
  ].join("\n");
}

/** With three digits that count. */
const valueText = (value: number) => value.toPrecision(3);
