/**
 * @file Writes synthetic faces in AffectNet's layouts, laid out as the distributed files are.
 *
 *     npy    train_set/images/0.jpg               224 x 224
 *            train_set/annotations/0_exp.npy      one text: "1"; also 0_val, 0_aro and 0_lnd
 *            val_set/...                          its faces are those to test on
 *     csv    training.csv, validation.csv         12/3f...c1.jpg,30,12,160,160,...,1,0.78,0.02
 *            Manually_Annotated_Images/12/3f...   photographs with the face somewhere in them
 *
 * Numbers have gaps. Tables have rows of the expressions 8 to 10, and some paths that end in .JPG or .png.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mapConcurrently } from "../concurrently.ts";
import {
  affectnetFrequencies,
  affectnetNumbers,
  type AffectnetRow,
  affectnetRows,
  splits,
} from "./affectnet-rows.ts";
import type { SyntheticDefinition } from "./definition.ts";
import type { DrawRequest } from "./draw-batch.ts";
import { drawFiles } from "./draw-images.ts";
import { classesOf, type NamedFace } from "./faces.ts";
import { energyPath, type Manifest, writeGroundTruth } from "./manifest.ts";

/** One set for AffectNet-7 and AffectNet-8, drawn with eight classes. */
export const syntheticAffectnet = {
  name: "affectnet-8",
  layouts: ["npy", "csv"],
  hasValidation: false,
  write,
  lists: {
    folder: "AffectNet_dir",
    forms: {
      occlusion: {
        file: "occlusion_affectnet_list.txt",
        line: ({ label, stem }) => `val/${label}/${stem}/`,
      },
      "pose-30": {
        file: "pose_30_affectnet_list.txt",
        line: ({ label, stem }) => `${label}/${stem}.jpg`,
        repeats: true,
      },
      "pose-45": {
        file: "pose_45_affectnet_list.txt",
        line: ({ label, stem }) => `${label}/${stem}/8.jpg`,
        repeats: true,
      },
    },
    // The lists do not use the names of the second distribution.
    faces: (manifest) =>
      manifest.layout === "npy"
        ? []
        : affectnetRows(manifest).flatMap(({ split, stem, name, given }) =>
            split === "test" && given ? [{ stem, name, label: affectnetNumbers[given] }] : [],
          ),
  },
} as const satisfies SyntheticDefinition;

const filesAtOnce = 16;

const header =
  "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal";

/** 68 points on an ellipse in the face's box. Nothing here reads them. */
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

async function write(folder: string, manifest: Manifest, threads: number): Promise<void> {
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
  const requests = rows.map((row): DrawRequest => {
    const { name, id, split, shown, given, weight, surroundings } = row;
    return {
      name,
      weight,
      path: pathOf(row),
      expression: shown,
      energyPath: given && energyPath(folder, manifest, split, id),
      surroundings,
    };
  });
  const { difficulty, seed } = manifest;
  const size = rows[0]?.box.side ?? 0;
  const classes = classesOf(affectnetFrequencies);
  await drawFiles(requests, { seed, difficulty, classes, size, channels: 3 }, threads);
}

// NumPy files as numpy.save writes them (numpy.lib.format, version 1). The header is padded so that the data
// start at a multiple of 64.
function withHeader(descr: string, shape: string, data: Uint8Array): Uint8Array {
  const numpyHeader = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = 64 * Math.ceil((10 + numpyHeader.length + 1) / 64) - 10;
  const start = Buffer.from(`\x93NUMPY\x01\x00..${numpyHeader.padEnd(length - 1)}\n`, "latin1");
  start.writeUInt16LE(length, 8);
  return Buffer.concat([start, data]);
}

/** numpy.save of a text: an array without dimensions, of code points in four bytes. */
function npyText(text: string): Uint8Array {
  const points = Uint32Array.from(text, (character) => character.codePointAt(0)!);
  const bytes = Buffer.alloc(4 * points.length);
  for (const [i, point] of points.entries()) bytes.writeUInt32LE(point, 4 * i);
  return withHeader(`<U${points.length}`, "()", bytes);
}

/** numpy.save of one row of 64-bit floating-point numbers. */
function npyNumbers(numbers: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(8 * numbers.length);
  for (const [i, number] of numbers.entries()) bytes.writeDoubleLE(number, 8 * i);
  return withHeader("<f8", `(${numbers.length},)`, bytes);
}
