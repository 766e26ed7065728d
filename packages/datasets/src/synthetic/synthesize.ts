/** @file Draws a data set of synthetic faces and writes it in the layout of a published one. */
import { mkdir, readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { makeWhole, readRegularText, removeLeftOvers } from "@mvt/common/files";
import { datasets, type SyntheticLayout, type SyntheticName, syntheticNames } from "../datasets.ts";
import { DatasetError, requireThat } from "../error.ts";
import { isMissing } from "../files.ts";
import { writeChallengeLists } from "./challenge-lists.ts";
import type { SyntheticDefinition } from "./definition.ts";
import { type Difficulty, type DifficultyName, resolveDifficulty } from "./difficulty.ts";
import { type LabelNoiseKind, labelNoiseKinds, wrongCount } from "./faces.ts";
import { generatorVersion, type Manifest, manifestPath, manifestText } from "./manifest.ts";

export interface SyntheticOptions {
  /** AffectNet-7 and AffectNet-8 are one set, drawn with eight classes. */
  readonly dataset: SyntheticName;
  /** The folder to make. Its parent folders are made too. */
  readonly folder: string;
  readonly seed: number;
  /** Faces with a usable label. RAF-DB and AffectNet have no validation split. */
  readonly counts: { readonly train: number; readonly validation?: number; readonly test: number };
  /** The share of training and validation labels that are wrong, 0 to 1. Test labels never are. */
  readonly labelNoise: number;
  /** Default "symmetric". */
  readonly labelNoiseKind?: LabelNoiseKind;
  /** A name or all parameters; default "standard". */
  readonly difficulty?: DifficultyName | Difficulty;
  /** Default: the first of the data set's layouts. */
  readonly layout?: SyntheticLayout;
  /** Of which splits to measure the expression energy; default "all". It takes half of the time. */
  readonly energy?: false | "test" | "all";
  /** Default: one per processor. The files do not depend on it. */
  readonly threads?: number;
}

export interface SyntheticSummary {
  readonly folder: string;
  /** False if the same set was there already and was left alone. */
  readonly written: boolean;
  readonly manifest: Manifest;
  readonly wrongLabels: { readonly train: number; readonly validation: number };
}

const check = (holds: boolean, expected: string, got: unknown) =>
  requireThat(holds, `synthesize: expected ${expected}`, got, "Correct the option.");

/** How faces are written as the data set. Throws DatasetError if they cannot be. */
function definitionOf(dataset: SyntheticName): SyntheticDefinition {
  check(syntheticNames.includes(dataset), `dataset ${syntheticNames.join(" or ")}`, dataset);
  return datasets[dataset].synthetic!;
}

/** The manifest of the options. Throws DatasetError for options out of their range. */
function toManifest(
  options: SyntheticOptions,
  { name, layouts, hasValidation }: SyntheticDefinition,
): Manifest {
  const { labelNoise, labelNoiseKind = "symmetric", seed, energy = "all" } = options;
  const { layout = layouts[0] } = options;
  check(layouts.includes(layout), `layout ${layouts.join(" or ")} for ${name}`, layout);
  const counts = { validation: 0, ...options.counts };
  for (const [split, count] of Object.entries(counts)) {
    check(Number.isInteger(count) && count >= 0, `a whole number of ${split} faces`, count);
  }
  check(
    hasValidation || counts.validation === 0,
    `no validation faces, as ${datasets[options.dataset].title} has no such split`,
    counts.validation,
  );
  const { threads = 1 } = options;
  check(Number.isInteger(threads) && threads > 0, "at least one thread", threads);
  check(Number.isSafeInteger(seed), "a whole number as seed", seed);
  check(labelNoise >= 0 && labelNoise <= 1, "labelNoise between 0 and 1", labelNoise);
  check(
    labelNoiseKinds.includes(labelNoiseKind),
    `labelNoiseKind ${labelNoiseKinds.join(" or ")}`,
    labelNoiseKind,
  );
  return {
    format: 1,
    generator: generatorVersion,
    dataset: name,
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
 * Whether the folder holds the same set already. A missing or an empty folder does not.
 * Throws DatasetError if it holds anything else.
 */
async function isThere(folder: string, manifest: Manifest): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (isMissing(error)) return [];
    if (error.code !== "ENOTDIR") throw error;
    throw new DatasetError(
      `synthesize: expected ${folder} to be a folder or new, found a file in its place; ` +
        `choose another folder.`,
    );
  });
  if (names.length === 0) return false;
  const found = await readRegularText(manifestPath(folder)).catch(() => undefined);
  if (found === manifestText(manifest)) return true;
  const what =
    found === undefined ? "files that were not synthesised" : "a set drawn with other options";
  throw new DatasetError(
    `synthesize: expected ${folder} to be new or to hold the same set, found ${what}; ` +
      "remove it or choose another folder.",
  );
}

/**
 * Draws faces and writes them, with their ground truth, in exactly the layout of the published data set.
 *
 * Every file depends on the options other than `folder` and `threads`, and on nothing else. Image i of a split
 * depends on seed, data set, split, i and difficulty alone. The folder appears complete or not at all; what a killed
 * process left of it is removed.
 * Throws DatasetError for options out of their range, and for a folder that holds anything but the same set.
 */
export async function synthesize(options: SyntheticOptions): Promise<SyntheticSummary> {
  const definition = definitionOf(options.dataset);
  const manifest = toManifest(options, definition);
  const { counts, labelNoise } = manifest;
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
    await writeChallengeLists(folder, manifest, definition); // older versions wrote no lists
    return { ...summary, written: false };
  }
  await removeLeftOvers(dirname(resolve(folder)), { of: folder });
  try {
    await makeWhole(resolve(folder), async (temporary) => {
      await mkdir(temporary);
      await definition.write(temporary, manifest, threads);
      await writeChallengeLists(temporary, manifest, definition);
    });
  } catch (error) {
    // Another process may have finished the same set first.
    if (await isThere(folder, manifest)) return { ...summary, written: false };
    throw error;
  }
  return { ...summary, written: true };
}
