/** @file What a benchmark measures, and how thoroughly. */
import type { deit } from "@mvt/core";
import type { EngineEntry, TorchPython } from "./roster.ts";
import type { RoundOptions } from "./rounds.ts";

export interface BenchPlan extends Thoroughness {
  readonly model: deit.VitConfig;
  /** Images per training step. The first of them wherever one has to do. */
  readonly batches: readonly number[];
  readonly threads: number;
  /** The engine of this project that others are held against. */
  readonly base: EngineEntry;
  /** Its other engines. */
  readonly rivals: readonly EngineEntry[];
  readonly pythons: readonly TorchPython[];
  /** Of those beside the base only these take part, by their ids; all if absent. */
  readonly only?: readonly string[];
  readonly say: (line: string) => void;
}

export interface Thoroughness {
  readonly rounds: number;
  /** Of each contestant in each round. */
  readonly steps: number;
  /** Images per step, as growth is measured. */
  readonly growingBatches: readonly number[];
  /** Of the model's own image side; rounded to whole patches. */
  readonly growingSides: readonly number[];
  /** Of the model's own depth. */
  readonly growingDepths: readonly number[];
  /** Pictures of a set, as growth is measured, in memory and streamed. */
  readonly growingSets: { readonly memory: readonly number[]; readonly stream: readonly number[] };
  /** Pictures of the training sets of RAF-DB and AffectNet. */
  readonly publishedSets: { readonly "raf-db": number; readonly "affectnet-8": number };
  /** How many pictures of a set batches are timed on. */
  readonly timedPictures: number;
}

export const thorough: Thoroughness = {
  rounds: 5,
  steps: 3,
  growingBatches: [1, 2, 4, 8, 16, 32],
  growingSides: [1 / 2, 5 / 7, 1, 12 / 7], // 112, 160, 224, 384
  growingDepths: [1 / 3, 2 / 3, 1],
  growingSets: { memory: [1000, 4000, 12_271], stream: [1000, 12_271, 100_000, 287_651] },
  publishedSets: { "raf-db": 12_271, "affectnet-8": 287_651 },
  timedPictures: 512,
};

/** Every step of the way in seconds; the numbers mean nothing. */
export const quick: Thoroughness = {
  rounds: 1,
  steps: 2,
  growingBatches: [2, 8],
  growingSides: [1 / 2, 1],
  growingDepths: [1 / 2, 1],
  growingSets: { memory: [32, 64], stream: [32, 64] },
  publishedSets: { "raf-db": 32, "affectnet-8": 64 },
  timedPictures: 32,
};

/** How rounds are played and announced. */
export function roundsOf({ rounds, steps, say }: BenchPlan, title: string): RoundOptions {
  return {
    rounds,
    steps,
    onTurn: ({ id }, round) =>
      say(`${title}: ${round === 0 ? "starting" : `round ${round} of ${rounds},`} ${id}`),
  };
}
