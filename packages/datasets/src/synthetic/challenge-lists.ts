/**
 * @file The lists of occluded and turned test faces beside a synthetic set, as Wang et al. published
 * theirs: by name, form and line ends, with an image that stands twice.
 *
 *     challenge/RAF_DB_dir/rafdb_occlusion_list.txt     test_0001_aligned 2 4\r\n
 *
 * Drawn heads turn by less than 30 degrees. So that lists are as long as the published ones (41 % and 18 %
 * of RAF-DB), they hold faces turned by more than 60 and 80 % of the largest turn that is drawn.
 */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Expression } from "../expression.ts";
import { exists } from "../layout.ts";
import { affectnetNumbers, affectnetRows } from "./affectnet-rows.ts";
import type { DrawnName } from "./classes.ts";
import { occluderKinds } from "./draw/occluder.ts";
import { drawScene } from "./draw/scene.ts";
import { planFerplusRows } from "./ferplus-rows.ts";
import type { Manifest } from "./manifest.ts";
import { voteColumns } from "./votes.ts";
import { planRafDb, rafDbLabels } from "./write-raf-db.ts";

const turned = { "pose-30": 0.6, "pose-45": 0.8 };

/** A test face as lists name it. */
interface ListedFace {
  readonly stem: string;
  /** Names the random streams. */
  readonly name: string;
  readonly label: number;
}

interface Condition extends ListedFace {
  /** Which kind of occluder, from 0; undefined without one. */
  readonly occluder: number | undefined;
  /** The head's turn, as a share of the largest. */
  readonly turn: number;
}

interface ListForm {
  readonly file: string;
  readonly line: (face: Condition) => string;
  /** CRLF, and none at the end; else LF. */
  readonly windows?: boolean;
  /** One image stands on two lines. */
  readonly repeats?: boolean;
}

interface ListForms {
  readonly folder: string;
  readonly occlusion: ListForm;
  readonly "pose-30": ListForm;
  readonly "pose-45": ListForm;
}

const rafDbPose = ({ label, stem }: ListedFace) => `${label}/${stem}_aligned.jpg`;
const ferplusPose = ({ label, stem }: ListedFace) => `${label}/${stem}.jpg`;

const forms: Readonly<Record<DrawnName, ListForms>> = {
  "raf-db": {
    folder: "RAF_DB_dir",
    occlusion: {
      file: "rafdb_occlusion_list.txt",
      line: ({ stem, label, occluder }) => `${stem}_aligned ${label} ${occluder! + 1}`,
      windows: true,
      repeats: true,
    },
    "pose-30": { file: "val_raf_db_list.txt", line: rafDbPose },
    "pose-45": { file: "val_raf_db_list_45.txt", line: rafDbPose },
  },
  ferplus: {
    folder: "FERplus_dir",
    occlusion: {
      file: "jianfei_occlusion_list.txt",
      line: ({ stem, label, occluder }) => `${label}_${stem}.png 8 ${occluder!}`,
      windows: true,
    },
    "pose-30": { file: "pose_30_ferplus_list.txt", line: ferplusPose },
    "pose-45": { file: "pose_45_ferplus_list.txt", line: ferplusPose },
  },
  "affectnet-8": {
    folder: "AffectNet_dir",
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
};

/** The test faces with a usable label; none in the layout of AffectNet whose names no list uses. */
function listedFaces(manifest: Manifest): ListedFace[] {
  switch (manifest.dataset) {
    case "raf-db":
      return planRafDb(manifest, "test").map(({ id, name, given }) => ({
        stem: id,
        name,
        label: rafDbLabels[given]! - 1,
      }));
    case "ferplus":
      return planFerplusRows(manifest).flatMap(({ split, id, name, given, weight }) =>
        split === "test" && given && weight === 1
          ? [{ stem: id, name, label: voteColumns.indexOf(given) }]
          : [],
      );
    case "affectnet-8":
      if (manifest.layout === "npy") return [];
      return affectnetRows(manifest).flatMap(({ split, stem, name, given }) =>
        split === "test" && given ? [{ stem, name, label: numberOf(given) }] : [],
      );
  }
}

const numberOf = (expression: Expression) => affectnetNumbers[expression];

/** What the drawing of a face knows of it. */
function conditionOf(face: ListedFace, { seed, difficulty }: Manifest): Condition {
  const size = 48; // neither choice depends on it
  const { occluder, face: frame } = drawScene(seed, face.name, size, difficulty);
  const largest = (difficulty.yaw * Math.PI) / 180;
  return {
    ...face,
    occluder: occluder && occluderKinds.indexOf(occluder.kind),
    turn: largest === 0 ? 0 : Math.abs(frame.yaw) / largest,
  };
}

/** The text of a list; undefined where it would be empty. */
function textOf({ line, windows, repeats }: ListForm, faces: readonly Condition[]) {
  const [first] = faces;
  if (first === undefined) return undefined;
  const lines = (repeats ? [...faces, first] : faces).map(line);
  return windows ? lines.join("\r\n") : `${lines.join("\n")}\n`;
}

/** Writes the lists into `folder`, that of the data set, unless they are there; empty ones are left out. */
export async function writeChallengeLists(folder: string, manifest: Manifest): Promise<void> {
  const target = join(folder, "challenge");
  if (await exists(target)) return;
  const faces = listedFaces(manifest).map((face) => conditionOf(face, manifest));
  const form = forms[manifest.dataset];
  const partial = `${target}.${randomUUID()}.partial`;
  await mkdir(join(partial, form.folder), { recursive: true });
  const texts = [
    [form.occlusion, faces.filter(({ occluder }) => occluder !== undefined)],
    [form["pose-30"], faces.filter(({ turn }) => turn > turned["pose-30"])],
    [form["pose-45"], faces.filter(({ turn }) => turn > turned["pose-45"])],
  ] as const;
  for (const [list, listed] of texts) {
    const text = textOf(list, listed);
    if (text !== undefined) await writeFile(join(partial, form.folder, list.file), text);
  }
  await rename(partial, target).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    if (!(await exists(target))) throw error; // else another process has just written the same
  });
}
