/**
 * @file The faces of a set before they are drawn: what each shows, and what its label says.
 */
import type { SplitName } from "../dataset.ts";
import type { Expression } from "../expression.ts";
import { deal } from "./classes.ts";
import { mislabel } from "./label-noise.ts";
import type { Manifest } from "./manifest.ts";

export interface Face {
  readonly split: SplitName;
  /** Within the split, from 0. */
  readonly index: number;
  /** Names the random streams. */
  readonly name: string;
  readonly truth: Expression;
  readonly given: Expression;
}

/** A face under the name that the loaders give it: one line of `ground-truth/labels.csv`. */
export interface NamedFace {
  readonly id: string;
  readonly split: SplitName;
  readonly truth: Expression;
  readonly given: Expression;
}

/**
 * The faces of one split. Labels are wrong at the manifest's rate, except those of the test split.
 */
export function planFaces(manifest: Manifest, split: SplitName): Face[] {
  const { counts, dataset, labelNoise, labelNoiseKind, seed } = manifest;
  const truth = deal(seed, dataset, split, counts[split]);
  const rate = split === "test" ? 0 : labelNoise;
  const given = mislabel(seed, dataset, split, truth, rate, labelNoiseKind);
  return truth.map((expression, index) => ({
    split,
    index,
    name: `synthetic/${dataset}/${split}/${index}`,
    truth: expression,
    given: given[index]!,
  }));
}
