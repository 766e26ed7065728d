/**
 * @file Writes synthetic faces in FERPlus' layouts, byte for byte as the published files are laid out.
 *
 *     csv       fer2013.csv                  emotion,pixels,Usage
 *                                            0,12 34 56 ... ,Training
 *               fer2013new.csv               Usage,Image name,neutral,...,unknown,NF
 *                                            Training,fer0000000.png,4,0,...
 *     folders   FER2013Train/label.csv       fer0000000.png,"(0, 0, 48, 48)",4,0,0,1,3,2,0,0,0,0
 *               FER2013Train/fer0000000.png  (also FER2013Valid, FER2013Test)
 */
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { type SplitName, splitNames } from "../dataset.ts";
import type { Expression } from "../expression.ts";
import type { ListedFace, SyntheticDefinition } from "./definition.ts";
import type { DrawRequest } from "./draw-batch.ts";
import { drawFiles, drawImages } from "./draw-images.ts";
import { classesOf, type NamedFace } from "./faces.ts";
import { ferplusFrequencies, type FerplusRow, planFerplusRows } from "./ferplus-rows.ts";
import { energyPath, type Manifest, writeGroundTruth } from "./manifest.ts";
import { voteColumns } from "./votes.ts";

const poseLine = ({ label, stem }: ListedFace) => `${label}/${stem}.jpg`;

export const syntheticFerplus = {
  name: "ferplus",
  layouts: ["csv", "folders"],
  hasValidation: true,
  write,
  lists: {
    folder: "FERplus_dir",
    forms: {
      occlusion: {
        file: "jianfei_occlusion_list.txt",
        line: ({ stem, label, occluder }) => `${label}_${stem}.png 8 ${occluder!}`,
        windows: true,
      },
      "pose-30": { file: "pose_30_ferplus_list.txt", line: poseLine },
      "pose-45": { file: "pose_45_ferplus_list.txt", line: poseLine },
    },
    faces: (manifest) =>
      planFerplusRows(manifest).flatMap(({ split, id, name, given, weight }) =>
        split === "test" && given && weight === 1
          ? [{ stem: id, name, label: voteColumns.indexOf(given) }]
          : [],
      ),
  },
} as const satisfies SyntheticDefinition;

const side = 48; // pixels

const usages: Readonly<Record<SplitName, string>> = {
  train: "Training",
  validation: "PublicTest",
  test: "PrivateTest",
};

const folders: Readonly<Record<SplitName, string>> = {
  train: "FER2013Train",
  validation: "FER2013Valid",
  test: "FER2013Test",
};

/** FER2013's own numbers, in fer2013.csv. It knows no contempt. FERPlus ignores the column, unless its labels are asked for. */
const emotions: Readonly<Record<Expression, number>> = {
  anger: 0,
  disgust: 1,
  fear: 2,
  happiness: 3,
  sadness: 4,
  surprise: 5,
  neutral: 6,
  contempt: 6,
};

function toRequest(
  folder: string,
  manifest: Manifest,
  row: FerplusRow,
  path?: string,
): DrawRequest {
  const { id, name, split, truth, weight } = row;
  return {
    name,
    weight,
    expression: truth,
    energyPath: truth && energyPath(folder, manifest, split, id),
    path,
  };
}

const optionsOf = ({ difficulty, seed }: Manifest) =>
  ({ seed, difficulty, classes: classesOf(ferplusFrequencies), size: side, channels: 1 }) as const;

async function writeCsvLayout(
  folder: string,
  manifest: Manifest,
  rows: readonly FerplusRow[],
  threads: number,
): Promise<void> {
  const votes = rows.map((row) => [usages[row.split], row.id && `${row.id}.png`, ...row.votes]);
  const header = ["Usage", "Image name", ...voteColumns];
  await writeFile(join(folder, "fer2013new.csv"), stringify([header, ...votes]));

  const requests = rows.map((row) => toRequest(folder, manifest, row));
  const table = await open(join(folder, "fer2013.csv"), "w");
  try {
    await table.write("emotion,pixels,Usage\n");
    let at = 0;
    for await (const pixels of drawImages(requests, optionsOf(manifest), threads)) {
      const { given = "neutral", split } = rows[at]!;
      await table.write(`${emotions[given]},${pixels.join(" ")},${usages[split]}\n`);
      at += 1;
    }
  } finally {
    await table.close();
  }
}

async function writeFolderLayout(
  folder: string,
  manifest: Manifest,
  rows: readonly FerplusRow[],
  threads: number,
): Promise<void> {
  const named = rows.filter(({ id }) => id !== "");
  for (const split of splitNames) {
    await mkdir(join(folder, folders[split]), { recursive: true });
    const lines = named
      .filter((row) => row.split === split)
      .map(({ id, votes }) => [`${id}.png`, `(0, 0, ${side}, ${side})`, ...votes]);
    await writeFile(join(folder, folders[split], "label.csv"), stringify(lines));
  }
  const requests = named.map((row) =>
    toRequest(folder, manifest, row, join(folder, folders[row.split], `${row.id}.png`)),
  );
  await drawFiles(requests, optionsOf(manifest), threads);
}

async function write(folder: string, manifest: Manifest, threads: number): Promise<void> {
  const rows = planFerplusRows(manifest);
  const faces = rows.flatMap(({ id, split, truth, given }): NamedFace[] =>
    truth && given ? [{ id, split, truth, given }] : [],
  );
  await writeGroundTruth(folder, manifest, faces);
  const writeLayout = manifest.layout === "csv" ? writeCsvLayout : writeFolderLayout;
  await writeLayout(folder, manifest, rows, threads);
}
