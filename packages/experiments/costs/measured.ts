/** @file What was measured of a run at scale paper: how fast its parts are, and what a file of it has per image. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { scales } from "../src/settings/scales.ts";

const bench = join(import.meta.dirname, "../../../results/bench");

/** Images per second of DeiT-S at 224 pixels on two cores. */
export interface Rates {
  /** Training a classifier. */
  readonly step: number;
  /** Training one whose images a frozen mask generator masks. */
  readonly maskedStep: number;
  /** Training a mask generator: the step of its discriminator and its own. */
  readonly mgnSteps: number;
  /** Predicting. */
  readonly evaluation: number;
  /** Predicting with masks. */
  readonly maskedEvaluation: number;
}

type Row = Readonly<Record<string, string>>;

/**
 * The training step at the batch size of scale paper, and predictions with masks, are those of bench.csv, measured on a quiet
 * machine. The others are these rates by the ratios in steps.csv, whose programs were timed in turn.
 */
export function readRates(): Rates {
  const steps = rowsOf("steps.csv");
  const step = rateOfBench("train", scales.paper.training.batchSize);
  const maskedEvaluation = rateOfBench("evaluate", 16);
  /** How much longer an image takes in one program than in another, the median of the rounds. */
  const ratio = (program: string, to: string) => {
    const rounds = (name: string) => steps.filter((row) => row["program"] === name);
    const pairs = rounds(program).map(
      (row, i) => secondsPerImage(row) / secondsPerImage(rounds(to)[i]!),
    );
    return median(pairs);
  };
  return {
    step,
    maskedStep: step / ratio("masked-step", "step"),
    mgnSteps: step / (ratio("discriminator-step", "step") + ratio("generator-step", "step")),
    evaluation: maskedEvaluation * ratio("masked-evaluation", "evaluation"),
    maskedEvaluation,
  };
}

function rateOfBench(section: string, batch: number): number {
  const rounds = rowsOf("bench.csv").filter(
    (row) =>
      row["section"] === section && row["contestant"] === "onnx-cpu" && row["batch"] === `${batch}`,
  );
  const seconds = rounds.flatMap((row) => row["seconds"]!.split(" ").map(Number));
  return batch / median(seconds);
}

const rowsOf = (file: string) =>
  parse(readFileSync(join(bench, file)), { columns: true }) as readonly Row[];

const secondsPerImage = (row: Row) => Number(row["cpu_seconds"]) / Number(row["images"]);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Bytes, measured on the files of small runs: their lines are as long as those of large ones. A weight is a float32. The
 * header of safetensors is a few KB.
 */
export const bytes = {
  weight: 4,
  /** A line of predictions.csv without its probabilities, and a probability with its comma. */
  prediction: 27,
  probability: 9,
  /** A line of labels.csv. */
  label: 67,
  /** Of labels.jsonl per training image of a run that relabels: 1.1 changes, the median of runs of scale quick, of 147 bytes. */
  changes: 162,
  /** A checkpoint of a classifier per parameter: its weight, two moments, and the best weights so far. */
  checkpoint: 16,
} as const;
