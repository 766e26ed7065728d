/** @file What training has besides its configuration and data: where it runs, and whom it tells. */
import type { Backend } from "@mvt/core";
import type { RunFolder } from "../runs/run-folder.ts";

/** `Metrics` is what an epoch gives: of a classifier, or of a mask generator. */
export interface TrainingContext<Metrics> {
  readonly backend: Backend;
  readonly run: RunFolder;
  /** Threads that augment batches ahead. */
  readonly loaderThreads: number;
  readonly onEpoch?: (metrics: Metrics, epochs: number) => void;
  /** Images of the epoch done so far. */
  readonly onStep?: (epoch: number, done: number, total: number) => void;
}
