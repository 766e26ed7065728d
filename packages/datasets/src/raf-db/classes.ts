/** @file RAF-DB's seven expressions, and the names of its images in label files. */
import { shorten } from "@mvt/common";
import type { SplitName } from "../dataset.ts";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";
import type { Findings } from "../left-out.ts";
import type { Listing } from "../listing.ts";
import { imageStem, isImageName } from "../names.ts";

/**
 * In the order of the label file, whose numbers start at 1: 1 is surprise, 7 is neutral.
 *
 * Li, Deng and Du, "Reliable Crowdsourcing and Deep Locality-Preserving Learning for Expression
 * Recognition in the Wild", CVPR 2017.
 */
export const rafDbClasses = [
  "surprise",
  "fear",
  "disgust",
  "happiness",
  "sadness",
  "anger",
  "neutral",
] as const satisfies readonly Expression[];

/** One row of a label file. */
export interface RafDbLabel {
  /** The name without "_aligned" and without extension: "train_00001". */
  readonly id: string;
  readonly split: Extract<SplitName, "train" | "test">;
  /** From 1 to 7, as in the file: Kaggle's folders are named after it. */
  readonly number: number;
  readonly expression: Expression;
}

/** Reads "train_00001.jpg" or "train_00001_aligned.jpg" and "5"; `where` is path:line. */
export function readLabel(where: string, name: string, label: string): RafDbLabel {
  const [, id, split] = /^((train|test)_\d+)(?:_aligned)?\.jpg$/.exec(name) ?? [];
  if (id === undefined || (split !== "train" && split !== "test")) {
    throw new DatasetError(
      `${where}: expected an image name such as train_00001.jpg or test_0001.jpg, ` +
        `found "${shorten(name)}". Use the label file as RAF-DB publishes it.`,
    );
  }
  const number = /^[1-7]$/.test(label) ? Number(label) : undefined;
  const expression = number === undefined ? undefined : rafDbClasses[number - 1];
  if (number === undefined || expression === undefined) {
    throw new DatasetError(
      `${where}: expected a label from 1 (surprise) to 7 (neutral), found "${shorten(label)}". ` +
        `Use the label file as RAF-DB publishes it, whose labels start at 1.`,
    );
  }
  return { id, split, number, expression };
}

/** The id in a file's name, "train_00001" of "train_00001_aligned.jpg"; undefined if it is not one of RAF-DB's names. */
export function idOf(file: string): string | undefined {
  return /^((?:train|test)_\d+)(?:_aligned)?$/i.exec(imageStem(file))?.[1]?.toLowerCase();
}

/** The images of one folder by their ids, whether they are named as published or nearly so. */
export class AlignedFaces {
  readonly #listing: Listing;
  readonly #used = new Set<string>();
  readonly #renamed: string[] = [];

  constructor(listing: Listing) {
    this.#listing = listing;
  }

  /** The name of an image's file, and whether there is one. */
  of(id: string): { readonly name: string; readonly there: boolean } {
    const published = `${id}_aligned.jpg`;
    const name = this.#listing.findImage(published) ?? this.#listing.findImage(`${id}.jpg`);
    if (name === undefined) return { name: published, there: false };
    this.#used.add(name);
    if (name !== published) this.#renamed.push(name);
    return { name, there: true };
  }

  /** Names of images that nobody asked for. */
  get unused(): readonly string[] {
    return this.#listing.names.filter((name) => isImageName(name) && !this.#used.has(name));
  }

  /** Says which images have other names than published, and which no label. */
  report(findings: Findings): void {
    const { length } = this.#renamed;
    if (length > 0) {
      findings.note(
        `${length} images in ${this.#listing.folder} have other names than published: ${this.#renamed[0]}, not ID_aligned.jpg`,
      );
    }
    findings.leaveOut("unlabelled", this.unused);
  }
}
