/**
 * @file A synthetic set in AffectNet's layouts, laid out as the distributed files are.
 *
 *     npy    train_set/images/0.jpg               224 x 224
 *            train_set/annotations/0_exp.npy      one text: "1"; beside it 0_val, 0_aro and 0_lnd
 *            val_set/...                          its faces are those to test on
 *     csv    training.csv, validation.csv         12/3f...c1.jpg,30,12,160,160,...,1,0.78,0.02
 *            Manually_Annotated_Images/12/3f...   photographs with the face somewhere in them
 *
 * Numbers have gaps; tables have rows of the expressions 8 to 10, and a path here and there that ends in
 * .JPG or .png.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mapConcurrently } from "../concurrently.ts";
import { affectnetRows, type AffectnetRow, splits } from "./affectnet-rows.ts";
import { classesOf } from "./classes.ts";
import type { NamedFace } from "./faces.ts";
import { energyPath, writeGroundTruth } from "./ground-truth.ts";
import type { Manifest } from "./manifest.ts";
import { npyNumbers, npyText } from "./npy.ts";
import type { Picture } from "./pictures.ts";
import { drawFiles } from "./studio.ts";

const filesAtOnce = 16;

const header =
  "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal";

/** 68 points on an ellipse in the face's box: no one reads them. */
function landmarks({ left, top, side }: AffectnetRow["box"]): number[] {
  return Array.from({ length: 68 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 68;
    const at = (from: number, share: number) => Number((from + side * share).toFixed(2));
    return [at(left, 0.5 + 0.35 * Math.cos(angle)), at(top, 0.5 + 0.4 * Math.sin(angle))];
  }).flat();
}

async function writeTables(folder: string, rows: readonly AffectnetRow[]): Promise<void> {
  for (const split of splits) {
    const lines = rows
      .filter((row) => row.split === split)
      .map((row) => {
        const { box, expression, valence, arousal, file } = row;
        const numbers = [box.left, box.top, box.side, box.side];
        return [file, ...numbers, landmarks(box).join(";"), expression, valence, arousal].join();
      });
    const name = split === "train" ? "training.csv" : "validation.csv";
    await writeFile(join(folder, name), `${[header, ...lines].join("\n")}\n`);
  }
}

async function writeAnnotations(folder: string, rows: readonly AffectnetRow[]): Promise<void> {
  await mapConcurrently(rows, filesAtOnce, async (row) => {
    const { split, stem, expression, valence, arousal, box } = row;
    const path = (kind: string) =>
      join(folder, `${splitFolder(split)}/annotations/${stem}_${kind}.npy`);
    await writeFile(path("exp"), npyText(String(expression)));
    await writeFile(path("val"), npyText(String(valence)));
    await writeFile(path("aro"), npyText(String(arousal)));
    await writeFile(path("lnd"), npyNumbers(landmarks(box)));
  });
}

const splitFolder = (split: AffectnetRow["split"]) => (split === "train" ? "train_set" : "val_set");

/** Writes the whole set into `folder`, which must exist and be empty. */
export async function writeAffectnet(
  folder: string,
  manifest: Manifest,
  threads: number,
): Promise<void> {
  const rows = affectnetRows(manifest);
  const isNpy = manifest.layout === "npy";
  const pathOf = ({ split, stem, file }: AffectnetRow) =>
    isNpy
      ? join(folder, splitFolder(split), "images", `${stem}.jpg`)
      : join(folder, "Manually_Annotated_Images", file);
  const folders = rows.map((row) => dirname(pathOf(row)));
  for (const parent of new Set(folders)) await mkdir(parent, { recursive: true });
  if (isNpy) {
    for (const split of splits) {
      await mkdir(join(folder, splitFolder(split), "images"), { recursive: true });
      await mkdir(join(folder, splitFolder(split), "annotations"), { recursive: true });
    }
    await writeAnnotations(folder, rows);
  } else {
    await writeTables(folder, rows);
  }
  const faces = rows.flatMap(({ id, split, truth, given }): NamedFace[] =>
    truth && given ? [{ id, split, truth, given }] : [],
  );
  await writeGroundTruth(folder, manifest, faces);
  const pictures = rows.map((row): Picture => {
    const { name, id, split, shown, given, weight, surroundings } = row;
    return {
      name,
      weight,
      path: pathOf(row),
      ...(shown && { expression: shown }),
      ...(given && energyPath(folder, manifest, split, id)),
      ...(surroundings && { surroundings }),
    };
  });
  const { difficulty, seed } = manifest;
  const size = rows[0]?.box.side ?? 0;
  const classes = classesOf("affectnet-8");
  await drawFiles(pictures, { seed, difficulty, classes, size, channels: 3 }, threads);
}
