/**
 * @file Writes the lists of occluded and turned test faces of a synthetic set, as Wang et al. published theirs:
 * with their names, form and line ends, and with an image on two lines.
 *
 *     challenge/RAF_DB_dir/rafdb_occlusion_list.txt     test_0001_aligned 2 4\r\n
 *
 * Synthetic heads turn by less than 30 degrees. The lists therefore hold faces turned by more than 60 and 80 %
 * of the largest turn, which makes them as long as the published ones (41 % and 18 % of RAF-DB).
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeWhole } from "@mvt/common/files";
import { exists } from "../files.ts";
import { type SubsetName, subsetNames } from "../subsets/published-lists.ts";
import type { HardFace, ListedFace, ListForm, SyntheticDefinition } from "./definition.ts";
import { occluderKinds } from "./draw/occluder.ts";
import { drawScene } from "./draw/scene.ts";
import type { Manifest } from "./manifest.ts";

/** Which faces are in each list. */
const belongs: Readonly<Record<SubsetName, (face: HardFace) => boolean>> = {
  occlusion: ({ occluder }) => occluder !== undefined,
  "pose-30": ({ turn }) => turn > 0.6,
  "pose-45": ({ turn }) => turn > 0.8,
};

/** The occluder and the turn of a face's scene. */
function toHardFace(face: ListedFace, { seed, difficulty }: Manifest): HardFace {
  const size = 48; // neither depends on it
  const { occluder, face: frame } = drawScene(seed, face.name, size, difficulty);
  const largest = (difficulty.yaw * Math.PI) / 180;
  return {
    ...face,
    occluder: occluder && occluderKinds.indexOf(occluder.kind),
    turn: largest === 0 ? 0 : Math.abs(frame.yaw) / largest,
  };
}

/** The text of a list; undefined if it would be empty. */
function textOf({ line, windows, repeats }: ListForm, faces: readonly HardFace[]) {
  const [first] = faces;
  if (first === undefined) return undefined;
  const lines = (repeats ? [...faces, first] : faces).map(line);
  return windows ? lines.join("\r\n") : `${lines.join("\n")}\n`;
}

/** Writes the lists into `folder`, that of the data set, unless they are there. Empty ones are left out. */
export async function writeChallengeLists(
  folder: string,
  manifest: Manifest,
  { lists }: SyntheticDefinition,
): Promise<void> {
  const target = join(folder, "challenge");
  if (await exists(target)) return;
  const faces = lists.faces(manifest).map((face) => toHardFace(face, manifest));
  const writing = makeWhole(target, async (temporary) => {
    await mkdir(join(temporary, lists.folder), { recursive: true });
    for (const name of subsetNames) {
      const form = lists.forms[name];
      const text = textOf(form, faces.filter(belongs[name]));
      if (text !== undefined) await writeFile(join(temporary, lists.folder, form.file), text);
    }
  });
  await writing.catch(async (error: unknown) => {
    if (!(await exists(target))) throw error; // else another process has just written the same lists
  });
}
