/** @file The predictions as a CSV file to download. */
import { predictionRows } from "@mvt/core/portable";
import { withFaceColumns } from "@mvt/faces/portable";
import { stringify } from "csv-stringify/browser/esm/sync";
import type { ImagePrediction, OpenedModel } from "./engine/messages.ts";
import { element } from "./view/element.ts";

/** As `pnpm exp predict --out FILE.csv` writes it, with file names instead of paths; with `--faces` if some are faces of photographs. */
export function csvOf(
  images: readonly Pick<ImagePrediction, "name" | "prediction" | "face">[],
  classes: readonly string[],
): string {
  const named = images.map(({ name, prediction }) => ({ image: name, prediction }));
  const rows = predictionRows(named, classes);
  const faces = images.map(({ face }) => face);
  const ofFaces = faces.some((face) => face !== undefined);
  return stringify([...(ofFaces ? withFaceColumns(rows, faces) : rows)]);
}

/** "masked.onnx" gives "masked-predictions.csv". */
export function csvName({ name }: Pick<OpenedModel, "name">): string {
  return `${name.replace(/\.onnx$/i, "")}-predictions.csv`;
}

/** Makes the browser save a text as a file. */
export function saveText(name: string, text: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  element("a", { href, download: name }).click();
  URL.revokeObjectURL(href); // the download has begun
}
