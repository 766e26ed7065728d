/** @file faces.csv: what was found in every image. */
import { UserError } from "@mvt/common";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { Face } from "../detector/find.ts";
import { pointNames } from "../geometry/points.ts";
import type { PointName } from "../geometry/points.ts";
import { faceStatuses } from "./choices.ts";
import type { FaceStatus } from "./choices.ts";

const beforePoints = [
  "file",
  "sha256",
  "status",
  "face",
  "aligned",
  "score",
  "left",
  "top",
  "width",
  "height",
] as const;
type Column = (typeof beforePoints)[number] | `${PointName}_${"x" | "y"}` | "reason";

const columns: readonly Column[] = [
  ...beforePoints,
  ...pointNames.flatMap((name): Column[] => [`${name}_x`, `${name}_y`]),
  "reason",
];

/** A line: a face, or an image without one. */
export type FaceRow = Readonly<Record<Column, string>>;

/** An image of the table. */
export interface TableImage {
  /** The path below the folder, with "/". */
  readonly file: string;
  /** Of the file's bytes; empty if it could not be read. */
  readonly sha256: string;
  readonly status: FaceStatus;
  readonly rows: readonly FaceRow[];
}

const pixels = (value: number) => value.toFixed(2);

/** The lines of an image with faces. `aligned` has a path, below the new folder, for each face that was written. */
export function rowsOfFaces(
  image: Pick<TableImage, "file" | "sha256" | "status">,
  faces: readonly Face[],
  aligned: readonly (string | undefined)[],
): readonly FaceRow[] {
  return faces.map(({ box, score, points }, i) => ({
    ...rowWithoutFace(image, ""),
    face: `${i + 1}`,
    aligned: aligned[i] ?? "",
    score: score.toFixed(4),
    left: pixels(box.left),
    top: pixels(box.top),
    width: pixels(box.width),
    height: pixels(box.height),
    ...Object.fromEntries(
      pointNames.flatMap((name, p) => [
        [`${name}_x`, pixels(points[p]![0])],
        [`${name}_y`, pixels(points[p]![1])],
      ]),
    ),
  }));
}

/** The line of an image without a face. */
export function rowWithoutFace(
  { file, sha256, status }: Pick<TableImage, "file" | "sha256" | "status">,
  reason: string,
): FaceRow {
  const empty = Object.fromEntries(columns.map((name) => [name, ""])) as Record<Column, string>;
  return { ...empty, file, sha256, status, reason };
}

export function formatTable(images: readonly TableImage[]): string {
  const rows = images.flatMap((image) => image.rows);
  return stringify(rows, { header: true, columns: [...columns] });
}

/** The images of a table that `formatTable` made, by file. `path` names it in errors. */
export function parseTable(csv: string, path: string): ReadonlyMap<string, TableImage> {
  const images = new Map<string, TableImage>();
  const rows = readRows(csv, path);
  for (const row of rows) {
    const { file, sha256 } = row;
    const status = faceStatuses.find((name) => name === row.status);
    if (status === undefined || columns.some((name) => row[name] === undefined)) {
      throw damaged(path);
    }
    const before = images.get(file)?.rows ?? [];
    images.set(file, { file, sha256, status, rows: [...before, row] });
  }
  return images;
}

function readRows(csv: string, path: string): readonly FaceRow[] {
  try {
    return parse(csv, { columns: true });
  } catch {
    throw damaged(path);
  }
}

const damaged = (path: string) =>
  new UserError(
    `${path}: expected a table that \`data align\` wrote, found something else. Move it away, or choose another --out.`,
  );
