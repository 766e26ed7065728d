/**
 * @file Draws a whole data set of synthetic faces to disk, in the layout of a published one.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { datasetNames } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import { type Difficulty, type DifficultyName, resolveDifficulty } from "./difficulty.ts";
import { manifestPath } from "./ground-truth.ts";
import { type LabelNoiseKind, labelNoiseKinds, wrongCount } from "./label-noise.ts";
import {
  type Manifest,
  type SyntheticLayout,
  type SyntheticName,
  generatorVersion,
  layouts,
  manifestText,
} from "./manifest.ts";
import { writeAffectnet } from "./write-affectnet.ts";
import { writeChallengeLists } from "./challenge-lists.ts";
import { writeFerplus } from "./write-ferplus.ts";
import { writeRafDb } from "./write-raf-db.ts";

export interface SyntheticOptions {
  /** AffectNet is one set for both names, drawn with its eight classes. */
  readonly dataset: SyntheticName;
  /** The folder to make. What holds it is made too. */
  readonly folder: string;
  readonly seed: number;
  /** Faces with a usable label. RAF-DB and AffectNet have no validation split. */
  readonly counts: { readonly train: number; readonly validation?: number; readonly test: number };
  /** The share of training and validation labels that are wrong, 0 to 1. Test labels never are. */
  readonly labelNoise: number;
  /** Default "symmetric". */
  readonly labelNoiseKind?: LabelNoiseKind;
  /** A preset or all knobs; default "standard". */
  readonly difficulty?: DifficultyName | Difficulty;
  /** Default "official" for RAF-DB, "csv" for FERPlus, "npy" for AffectNet. */
  readonly layout?: SyntheticLayout;
  /** Whose expression energy is measured; default "all". It takes half of the time. */
  readonly energy?: false | "test" | "all";
  /** Default: one per processor. The files do not depend on it. */
  readonly threads?: number;
}

export interface SyntheticSummary {
  readonly folder: string;
  /** False where the very set was there already and was left alone. */
  readonly written: boolean;
  readonly manifest: Manifest;
  readonly wrongLabels: { readonly train: number; readonly validation: number };
}

function requireThat(holds: boolean, expected: string, got: unknown): void {
  if (holds) return;
  throw new DatasetError(
    `synthesize: expected ${expected}, got ${JSON.stringify(got)}. Correct the option.`,
  );
}

const writers = {
  "raf-db": writeRafDb,
  ferplus: writeFerplus,
  "affectnet-8": writeAffectnet,
} as const;

/** The manifest that the options amount to. Throws DatasetError for options that cannot be met. */
function toManifest(options: SyntheticOptions): Manifest {
  const { labelNoise, labelNoiseKind = "symmetric", seed, energy = "all" } = options;
  const names = datasetNames.filter((name) => name !== "custom");
  requireThat(names.includes(options.dataset), `dataset ${names.join(" or ")}`, options.dataset);
  const dataset = options.dataset === "affectnet-7" ? "affectnet-8" : options.dataset;
  const known: readonly SyntheticLayout[] = layouts[dataset];
  const layout = options.layout ?? known[0]!;
  requireThat(known.includes(layout), `layout ${known.join(" or ")} for ${dataset}`, layout);
  const counts = { validation: 0, ...options.counts };
  for (const [split, count] of Object.entries(counts)) {
    requireThat(Number.isInteger(count) && count >= 0, `a whole number of ${split} faces`, count);
  }
  requireThat(
    dataset === "ferplus" || counts.validation === 0,
    `no validation faces, as ${dataset === "raf-db" ? "RAF-DB" : "AffectNet"} has no such split`,
    counts.validation,
  );
  const { threads = 1 } = options;
  requireThat(Number.isInteger(threads) && threads > 0, "at least one thread", threads);
  requireThat(Number.isSafeInteger(seed), "a whole number as seed", seed);
  requireThat(labelNoise >= 0 && labelNoise <= 1, "labelNoise between 0 and 1", labelNoise);
  requireThat(
    labelNoiseKinds.includes(labelNoiseKind),
    `labelNoiseKind ${labelNoiseKinds.join(" or ")}`,
    labelNoiseKind,
  );
  return {
    format: 1,
    generator: generatorVersion,
    dataset,
    layout,
    seed,
    counts: { train: counts.train, validation: counts.validation, test: counts.test },
    labelNoise,
    labelNoiseKind,
    energy: energy === false ? "none" : energy,
    difficulty: resolveDifficulty(options.difficulty ?? "standard"),
  };
}

/**
 * Whether the folder holds this very set already. A missing or an empty folder does not.
 * Throws DatasetError where it holds anything else.
 */
async function isThere(folder: string, manifest: Manifest): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code !== "ENOTDIR") throw error;
    throw new DatasetError(
      `synthesize: expected ${folder} to be a folder or new, found a file in its place; ` +
        `choose another folder.`,
    );
  });
  if (names.length === 0) return false;
  const found = await readFile(manifestPath(folder), "utf8").catch(() => undefined);
  if (found === manifestText(manifest)) return true;
  const what = found === undefined ? "files that were not" : "a set that was otherwise";
  throw new DatasetError(
    `synthesize: expected ${folder} to be new or to hold this very set, ` +
      `found ${what} synthesised; remove it or choose another folder.`,
  );
}

/**
 * Draws faces and writes them, with their ground truth, in exactly the layout of the published data
 * set.
 *
 * Every file is determined by the options other than `folder` and `threads`; picture i of a split
 * by seed, data set, split, i and difficulty alone. The folder appears complete or not at all.
 * Throws DatasetError for impossible options, and for a folder that holds anything but this very
 * set.
 */
export async function synthesize(options: SyntheticOptions): Promise<SyntheticSummary> {
  const manifest = toManifest(options);
  const { counts, dataset, labelNoise } = manifest;
  const { folder, threads = availableParallelism() } = options;
  const summary = {
    folder,
    manifest,
    wrongLabels: {
      train: wrongCount(labelNoise, counts.train),
      validation: wrongCount(labelNoise, counts.validation),
    },
  };
  if (await isThere(folder, manifest)) {
    await writeChallengeLists(folder, manifest); // an older version of this program drew no lists
    return { ...summary, written: false };
  }

  const target = resolve(folder);
  const partial = `${target}.${randomUUID()}.partial`;
  await mkdir(dirname(target), { recursive: true });
  await mkdir(partial);
  try {
    await writers[dataset](partial, manifest, threads);
    await writeChallengeLists(partial, manifest);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process may have finished the same set first.
    if (await isThere(folder, manifest)) return { ...summary, written: false };
    throw error;
  }
  return { ...summary, written: true };
}
