/** @file Lists of noisy labels and matrices of confusions. */
import { applyLabelList, matrixFor, readLabelList, readNoiseMatrix } from "@mvt/datasets";
import { type FuzzTarget, tableLike, utf8, type Files, inFolder } from "@mvt/testing/fuzz";
import { labels, list } from "../fixtures/raf-db.ts";
import { loadingThen } from "./loading.ts";

const rafDb: Files = {
  "EmoLabel/list_patition_label.txt": list,
  ...Object.fromEntries(labels.map(([id]) => [`Image/aligned/${id}_aligned.jpg`, ""])),
};
const noisy = labels
  .filter(([id]) => id.startsWith("train"))
  .map(([id, label], i) => [i % 2 === 0 ? `${id}.jpg` : id, `${8 - label}`]);
const matrix = [
  ["label", "anger", "fear", "sadness"],
  ["anger", "80", "5", "15"],
  ["fear", "0.1", "0.7", "0.2"],
  ["sadness", "1e1", "10", "80"],
];
const textOf = (rows: readonly (readonly string[])[], separator: string) =>
  utf8(rows.map((row) => row.join(separator)).join("\n"));

export const noiseTargets: readonly FuzzTarget[] = [
  {
    name: "list of noisy labels",
    seeds: [textOf(noisy, " ")],
    structured: tableLike(noisy, " ").map(utf8),
    parse: inFolder(
      rafDb,
      "noisy.txt",
      loadingThen("raf-db", async (dataset, folder) =>
        applyLabelList(await readLabelList(`${folder}/noisy.txt`), dataset),
      ),
    ),
  },
  {
    name: "matrix of noise",
    seeds: [textOf(matrix, ",")],
    structured: tableLike(matrix).map(utf8),
    parse: inFolder({}, "matrix.csv", async (folder) =>
      matrixFor(await readNoiseMatrix(`${folder}/matrix.csv`), ["fear", "anger"], "a set"),
    ),
  },
];
