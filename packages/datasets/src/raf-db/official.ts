/**
 * @file RAF-DB as its authors distribute it: one list of labels, one folder of aligned faces.
 *
 *     EmoLabel/list_patition_label.txt     train_00001.jpg 4      (sic: "patition")
 *     Image/aligned/                       train_00001_aligned.jpg
 *
 * The list has LF or CRLF line ends, often no newline at its end, and names without "_aligned".
 */
import { join } from "node:path";
import { shorten } from "@mvt/common";
import { readRegularText } from "@mvt/common/files";
import type { Sample } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { listFolder } from "../files.ts";
import { requireImages, UniqueIds } from "../labels.ts";
import type { Layout } from "../layout.ts";
import { readLabel, type RafDbLabel } from "./classes.ts";

const list = join("EmoLabel", "list_patition_label.txt");
const images = join("Image", "aligned");

export const official: Layout = {
  name: "official",
  files: [list, images],
  roots: ["", "basic", "raf-basic"],
};

/** The samples in the order of the list. */
export async function loadOfficial(root: string, title: string) {
  const path = join(root, list);
  const labels = await readList(path);
  const present = await listFolder(join(root, images));
  const splits: Record<RafDbLabel["split"], Sample[]> = { train: [], test: [] };
  const missing: string[] = [];
  for (const { id, split, expression } of labels) {
    const file = `${id}_aligned.jpg`;
    if (!present.has(file)) missing.push(file);
    const image = { kind: "file", path: join(root, images, file) } as const;
    splits[split].push({ id, image, expression });
  }
  requireImages(title, { path, count: labels.length }, missing);
  return splits;
}

async function readList(path: string): Promise<RafDbLabel[]> {
  const text = (await readRegularText(path)).replace(/^\uFEFF/, "");
  const ids = new UniqueIds();
  const labels: RafDbLabel[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
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
