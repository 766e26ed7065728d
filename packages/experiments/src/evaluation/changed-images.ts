/** @file The images whose labels a run changed, as a contact sheet needs them. */
import { readRows } from "@mvt/datasets";
import { LabelLedger } from "@mvt/relabel";
import type { LabelChange } from "@mvt/relabel";
import { svgToPng } from "@mvt/report";
import { labelSheet } from "@mvt/report/figures/label-sheet";
import type { ChangedImage, LabelSheet } from "@mvt/report/figures/label-sheet";
import type { Subset } from "../data/prepared.ts";
import { damaged } from "../runs/csv-table.ts";
import type { LabelLine } from "../runs/read-labels.ts";
import type { RunFolder } from "../runs/run-folder.ts";

/** Pixels of an image on the sheet, before the screen's density. */
const side = 160;

/** The changes of every image in labels.jsonl, by id, oldest first; checked against the given labels. */
export async function readChanges(
  run: RunFolder,
  lines: readonly LabelLine[],
  classes: readonly string[],
): Promise<ReadonlyMap<string, readonly LabelChange[]>> {
  const text = await run.read("labels.jsonl");
  const path = run.path("labels.jsonl");
  if (text === undefined) throw damaged(path, "the label ledger of a run that relabels", "none");
  const { changes } = LabelLedger.fromJsonLines(text.toString("utf8"), {
    ids: lines.map(({ id }) => id),
    given: lines.map(({ given }) => classes.indexOf(given)),
    classes,
  });
  return Map.groupBy(changes, ({ id }) => id);
}

export interface SheetOf extends Omit<LabelSheet, "images"> {
  /** The images to show, in this order; each must have a change. */
  readonly lines: readonly LabelLine[];
  readonly changes: ReadonlyMap<string, readonly LabelChange[]>;
}

/** The contact sheet as PNG; `train` are the run's training images. */
export async function changedImagesSheet(
  { lines, changes, ...sheet }: SheetOf,
  train: Subset,
): Promise<Uint8Array> {
  const rowOf = new Map(train.ids.map((id, i) => [id, train.rows[i]!]));
  const rows = Int32Array.from(lines, ({ id }) => rowOf.get(id)!);
  const pixels = await readRows(train.images, rows);
  const images = await Promise.all(
    lines.map(async ({ id, given, truth }, i): Promise<ChangedImage> => {
      const own = changes.get(id)!;
      const { epoch, pGt, pMax } = own.at(-1)!;
      const labels = [given, ...own.map(({ to }) => to)];
      return {
        id,
        png: await enlarged(pixels[i]!, train.images.size),
        labels,
        truth,
        epoch,
        pGt,
        pMax,
      };
    }),
  );
  const svg = labelSheet.draw({ ...sheet, images });
  return svgToPng(svg);
}

/** An image as PNG in its own size, or smaller. */
export async function thumbnail(pixels: Uint8Array, size: number): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const image = sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
  return (size > side ? image.resize(side, side) : image).png().toBuffer();
}

/** An image as PNG of a sheet's size. Small ones keep their pixels visible; large ones are made smaller smoothly. */
export async function enlarged(pixels: Uint8Array, size: number): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  return sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .resize(side, side, { kernel: size < side / 2 ? "nearest" : "lanczos3" })
    .png()
    .toBuffer();
}
