/** @file What a benchmark measures, and how thoroughly. */
import type { deit } from "@mvt/core";
import type { EngineEntry } from "./engines.ts";
import type { TorchPython } from "./processes/pytorch.ts";
import type { RoundOptions } from "./processes/rounds.ts";
import type { PublishedSet } from "./workloads/image-sets.ts";

export interface BenchPlan extends Effort {
  readonly model: deit.VitConfig;
  /** Images per training step. Benchmarks that need one batch size take the first. */
  readonly batchSizes: readonly [number, ...number[]];
  readonly threads: number;
  /** The engine of this project that everything else is compared with. */
  readonly baseline: EngineEntry;
  /** The other engines of this project. */
  readonly otherEngines: readonly EngineEntry[];
  /** The Pythons whose PyTorch is timed. */
  readonly pythons: readonly TorchPython[];
  /** The ids of the competitors that the baseline is compared with; all of them if absent. */
  readonly only?: readonly string[];
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  /** Of each competitor in each round. */
  readonly steps: number;
  /** Batch sizes of `growth`. */
  readonly growingBatches: readonly number[];
  /** Image sides of `growth`, relative to the model's own; rounded to whole patches. */
  readonly growingSides: readonly number[];
  /** Depths of `growth`, relative to the model's own. */
  readonly growingDepths: readonly number[];
  /** Numbers of images of the data sets whose batches are timed, in memory and streamed. */
  readonly growingSets: { readonly memory: readonly number[]; readonly stream: readonly number[] };
  /** Numbers of training images of RAF-DB and AffectNet. */
  readonly publishedSets: Readonly<Record<PublishedSet, number>>;
  /** The images of a data set on whose batches the loader is timed. */
  readonly timedImages: number;
}

/** What the published report measures: about 20 minutes. */
export const full: Effort = {
  rounds: 5,
  steps: 3,
  growingBatches: [1, 2, 4, 8, 16, 32],
  growingSides: [1 / 2, 5 / 7, 1, 12 / 7], // 112, 160, 224, 384
  growingDepths: [1 / 3, 2 / 3, 1],
  growingSets: { memory: [1000, 4000, 12_271], stream: [1000, 12_271, 100_000, 287_651] },
  publishedSets: { "raf-db": 12_271, "affectnet-8": 287_651 },
  timedImages: 512,
};

/** Runs all of the code in seconds. The numbers mean nothing. */
export const quick: Effort = {
  rounds: 1,
  steps: 2,
  growingBatches: [2, 8],
  growingSides: [1 / 2, 1],
  growingDepths: [1 / 2, 1],
  growingSets: { memory: [32, 64], stream: [32, 64] },
  publishedSets: { "raf-db": 32, "affectnet-8": 64 },
  timedImages: 32,
};

/** The plan's rounds and steps, announced line by line under a title. */
export function roundOptions(
  { rounds, steps, say }: Pick<BenchPlan, "rounds" | "steps" | "say">,
  title: string,
): RoundOptions {
  return {
    rounds,
    steps,
    onStart: ({ id }) => say(`${title}: starting ${id}`),
    onRound: ({ id }, round) => say(`${title}: round ${round} of ${rounds}, ${id}`),
  };
}
