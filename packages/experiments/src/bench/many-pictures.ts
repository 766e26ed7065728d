/** @file A large set of picture files, made cheaply: a few hundred synthetic faces, copied under other names. */
import { copyFile, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { loadDataset, synthesize } from "@mvt/datasets";
import type { Sample } from "@mvt/datasets";

/** At most so many different faces, drawn as AffectNet's: JPEGs of 224 x 224. */
const mostFaces = 256;

const filesPerFolder = 1000;

export interface ManyPictures {
  readonly samples: readonly Sample[];
  /** How many of them are different. */
  readonly faces: number;
  /** Of all files. */
  readonly bytes: number;
}

/** Writes `count` files below `folder`; each is read from the disk as a file of its own. */
export async function makePictures(folder: string, count: number): Promise<ManyPictures> {
  const source = join(folder, "faces");
  const counts = { train: Math.min(mostFaces, count), test: 8 };
  await synthesize({
    dataset: "affectnet-8",
    folder: source,
    seed: 1,
    counts,
    labelNoise: 0,
    energy: false,
  });
  const faces = (await loadDataset("affectnet-8", source)).splits.train;
  const samples: Sample[] = [];
  let bytes = 0;
  for (let i = 0; i < count; i += 1) {
    const { image, expression } = faces[i % faces.length]!;
    if (image.kind !== "file") throw new Error("expected drawn faces to be files");
    const subfolder = join(folder, `${Math.floor(i / filesPerFolder)}`);
    if (i % filesPerFolder === 0) await mkdir(subfolder);
    const path = join(subfolder, `${i}.jpg`);
    await copyFile(image.path, path);
    bytes += (await stat(path)).size;
    samples.push({ id: `${i}`, image: { kind: "file", path }, expression });
  }
  return { samples, faces: faces.length, bytes };
}
