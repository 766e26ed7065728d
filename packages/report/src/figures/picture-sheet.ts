/** @file A contact sheet: pictures in rows, with lines of text under each. */
import { escapeXml } from "./escape-xml.ts";
import { faintInk, font, ink } from "./theme.ts";

/** A line of text under a picture. */
export interface SheetLine {
  readonly text: string;
  /** Pixels. */
  readonly size: number;
  readonly colour?: string;
  readonly bold?: boolean;
}

export interface SheetPicture {
  /** Square, as PNG. */
  readonly png: Uint8Array;
  readonly lines: readonly SheetLine[];
}

export interface PictureSheet {
  readonly title: string;
  /** Lines under the title. */
  readonly notes: readonly string[];
  /** One at least. */
  readonly pictures: readonly SheetPicture[];
  /** The most lines that a picture has. */
  readonly lines: number;
}

/** Pixels. A text of 22 characters in bold fits under a picture. */
const [side, gap, margin, lineHeight] = [160, 16, 20, 17];
const columns = 8;

/** The sheet as SVG, with the pictures inside it. */
export function pictureSheet({ title, notes, pictures, lines }: PictureSheet): string {
  const captionHeight = lineHeight * lines + 6;
  const across = Math.min(columns, Math.max(pictures.length, 4));
  const rows = Math.ceil(pictures.length / across);
  const head = 34 + 18 * notes.length;
  const width = 2 * margin + across * side + (across - 1) * gap;
  const height = 2 * margin + head + rows * (side + captionHeight) + (rows - 1) * gap;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text([margin, margin + 16], { text: title, size: 16 }),
    ...notes.map((note, i) =>
      text([margin, margin + 36 + 18 * i], { text: note, size: 12, colour: faintInk }),
    ),
    ...pictures.map((picture, i) => {
      const x = margin + (i % across) * (side + gap);
      const y = margin + head + Math.floor(i / across) * (side + captionHeight + gap);
      return [
        `<image x="${x}" y="${y}" width="${side}" height="${side}" href="data:image/png;base64,${Buffer.from(picture.png).toString("base64")}"/>`,
        ...picture.lines.map((line, row) => text([x, y + side + lineHeight * (row + 1)], line)),
      ].join("\n");
    }),
    "</svg>",
  ].join("\n");
}

/** Ids of real data can be paths: their end tells them apart. */
export function shortened(id: string): string {
  return id.length > 16 ? `…${id.slice(-15)}` : id;
}

/** Under the title of a sheet of drawn faces. */
export const syntheticFaces = "Synthetic data: faces drawn by this project.";

function text(
  [x, y]: readonly [number, number],
  { text: content, size, colour = ink, bold = false }: SheetLine,
): string {
  const weight = bold ? ' font-weight="bold"' : "";
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${weight} xml:space="preserve">${escapeXml(content)}</text>`;
}
