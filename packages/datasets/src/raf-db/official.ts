/**
 * @file RAF-DB as its authors distribute it: one list of labels, one folder of aligned faces.
 *
 *     EmoLabel/list_patition_label.txt     train_00001.jpg 4      (sic: "patition")
 *     Image/aligned/                       train_00001_aligned.jpg
 *
 * The list has LF or CRLF line ends, often no newline at its end, and names without "_aligned". Images whose names have
 * no "_aligned", or another ending, are found as well and noted.
 */
import { join } from "node:path";
import { shorten } from "@mvt/common";
import type { Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { type Loading, requireImages, UniqueIds } from "../labels.ts";
import { readLines } from "../label-text.ts";
import type { FoundLayout, Layout } from "../layout.ts";
import { Listing } from "../listing.ts";
import { AlignedFaces, readLabel, type RafDbLabel } from "./classes.ts";

export const official: Layout = {
  name: "official",
  files: [join("EmoLabel", "list_patition_label.txt"), join("Image", "aligned")],
  roots: ["", "basic", "raf-basic"],
};

/** The samples in the order of the list. */
export async function loadOfficial(
  { root, files: [list = "", images = ""] }: FoundLayout,
  loading: Loading,
) {
  const path = join(root, list);
  const labels = await readList(path);
  const faces = new AlignedFaces(await Listing.of(join(root, images)));
  const splits: Record<RafDbLabel["split"], Sample[]> = { train: [], test: [] };
  const missing: string[] = [];
  for (const { id, split, expression } of labels) {
    const { name, there } = faces.of(id);
    if (!there) missing.push(name);
    const image = { kind: "file", path: join(root, images, name) } as const;
    splits[split].push({ id, image, expression });
  }
  requireImages(loading, { path, count: labels.length }, missing, faces.unused);
  faces.report(loading.findings);
  return splits;
}

async function readList(path: string): Promise<RafDbLabel[]> {
  const ids = new UniqueIds();
  const labels: RafDbLabel[] = [];
  for (const [i, line] of (await readLines(path)).entries()) {
    if (line.trim() === "") continue;
    const where = `${path}:${i + 1}`;
    const [name, label, ...rest] = line.trim().split(/\s+/);
    if (name === undefined || label === undefined || rest.length > 0) {
      throw new DatasetError(
        `${where}: expected a name and a label, as in "train_00001.jpg 4", ` +
          `found "${shorten(line)}". Use the label file as RAF-DB publishes it.`,
      );
    }
    const read = readLabel(where, name, label);
    ids.add(read.id, where);
    labels.push(read);
  }
  return labels;
}
