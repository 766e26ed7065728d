/** @file The list of benchmarks, and how several of them become one report. */
import { loadavg } from "node:os";
import type { SpeedReport } from "@mvt/report";
import { plainTfjsEngines } from "../engines.ts";
import type { BenchPlan } from "../plan.ts";
import { dataBenchmark } from "./data-pipeline.ts";
import { combined } from "./findings.ts";
import type { Findings } from "./findings.ts";
import { scalingBenchmark } from "./scaling.ts";
import { evaluateBenchmark, trainBenchmark } from "./steps.ts";

interface Benchmark {
  readonly measure: (plan: BenchPlan) => Promise<Findings>;
  /** What the report says about it, above all where competitors do not do the same. */
  readonly notes: (plan: BenchPlan) => readonly string[];
}

/** All benchmarks, by the name that follows `pnpm exp bench`, in the order in which they are measured. */
export const benchmarks = {
  train: {
    measure: trainBenchmark,
    notes: ({ pythons, otherEngines, only }) => [
      "A training step: forward, backward and AdamW in float32, from images to changed weights, without loading any. This project starts from bytes and normalises them in the step.",
      "This project's last block computes the class token's row alone, since nothing else reaches the logits: the result is the same. The matrix products alone are those of that step.",
      ...(pythons.length > 0
        ? [
            "PyTorch starts from normalised float32. It is timed in several ways: eager as its users write it, with all rows in every block; with the last block on the class row, written out by hand; under autocast in bfloat16; and compiled.",
          ]
        : []),
      ...[...otherEngines, ...plainTfjsEngines].flatMap(({ id, title, mostImages, repetitions }) =>
        mostImages === undefined || only?.includes(id) === false
          ? []
          : `${title}: at most ${mostImages} per step${repetitions ? ", in fewer rounds" : ""}; compared by images per second.`,
      ),
    ],
  },
  evaluate: {
    measure: evaluateBenchmark,
    notes: () => [
      "Evaluation: bytes through the mask generator and the classifier of the masked image.",
    ],
  },
  growth: { measure: scalingBenchmark, notes: () => [] },
  data: {
    measure: dataBenchmark,
    notes: ({ publishedSets }) => [
      `Sets of the sizes of RAF-DB (${publishedSets["raf-db"]} images) and AffectNet (${publishedSets["affectnet-8"]}), made of a few hundred synthetic faces each: files come from the system's cache, not from the disk. For batches alone nothing is prepared before the clock starts.`,
    ],
  },
} as const satisfies Readonly<Record<string, Benchmark>>;

export type BenchmarkName = keyof typeof benchmarks;

/** Measures the named benchmarks, one after another. `software` is what computed, with versions. */
export async function runBenchmarks(
  names: readonly BenchmarkName[],
  plan: BenchPlan,
): Promise<{ readonly report: Omit<SpeedReport, "title">; readonly software: readonly string[] }> {
  const [load] = loadavg();
  const measured: Findings[] = [];
  for (const name of names) measured.push(await benchmarks[name].measure(plan));
  const { settings, scalings, failures, software, notes } = combined(measured);
  const leftOut = failures.map(
    ({ competitor, reason }) => `Left out: ${competitor.title}: ${reason}`,
  );
  return {
    report: {
      settings,
      scalings: scalings,
      notes: [
        ...names.flatMap((name) => benchmarks[name].notes(plan)),
        ...notes,
        ...new Set(leftOut),
        `Load of the machine in the minute before: ${load!.toFixed(1)} processes.`,
      ],
    },
    software,
  };
}
