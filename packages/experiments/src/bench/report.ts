/** @file All parts of a benchmark as one report. */
import { loadavg } from "node:os";
import type { SpeedReport } from "@mvt/report";
import { dataSection } from "./data-section.ts";
import { growthSection } from "./growth-section.ts";
import type { BenchPlan } from "./plan.ts";
import { plainTfjs } from "./roster.ts";
import { joined } from "./section.ts";
import type { Section } from "./section.ts";
import { evaluateSection, trainSection } from "./step-sections.ts";

/** The parts, in the order in which they are measured. */
export const sections = {
  train: trainSection,
  evaluate: evaluateSection,
  growth: growthSection,
  data: dataSection,
} as const satisfies Readonly<Record<string, (plan: BenchPlan) => Promise<Section>>>;

export type SectionName = keyof typeof sections;

/** Measures the parts that are named, one after another. */
export async function measureSpeed(
  names: readonly SectionName[],
  plan: BenchPlan,
): Promise<{ readonly report: Omit<SpeedReport, "title">; readonly software: readonly string[] }> {
  const [load] = loadavg();
  const measured: Section[] = [];
  for (const name of names) measured.push(await sections[name](plan));
  const { settings, growths, failures, software, notes } = joined(measured);
  const leftOut = failures.map(
    ({ contestant, reason }) => `Left out: ${contestant.title}: ${reason}`,
  );
  return {
    report: {
      settings,
      scalings: growths,
      notes: [
        ...names.flatMap((name) => differences[name](plan)),
        ...notes,
        ...new Set(leftOut),
        `Load of the machine over the minute before: ${load!.toFixed(1)} processes.`,
      ],
    },
    software,
  };
}

/** Where contestants do not do the same. */
const differences: Readonly<Record<SectionName, (plan: BenchPlan) => readonly string[]>> = {
  train: ({ pythons, rivals }) => [
    "A training step: forward, backward and AdamW on float32, from pictures to changed weights, without loading any. This project starts from bytes, which it normalises itself.",
    "This project's last block computes the class token's row alone, since nothing else reaches the logits: the result is the same. The floor's products are those of that step.",
    ...(pythons.length > 0
      ? [
          "PyTorch starts from normalised float32. Eager as its users write it, all rows in every block; and with the last block on the class row, written out by hand.",
        ]
      : []),
    ...[...rivals, ...plainTfjs].flatMap(({ title, mostImages, pace }) =>
      mostImages === undefined
        ? []
        : `${title}: at most ${mostImages} per step${pace ? ", in fewer rounds" : ""}; compared by images per second.`,
    ),
  ],
  evaluate: () => [
    "Evaluation: bytes through the mask generator and the classifier that sees the masked picture.",
  ],
  growth: () => [],
  data: ({ publishedSets }) => [
    `Sets of the sizes of RAF-DB (${publishedSets["raf-db"]} pictures) and AffectNet (${publishedSets["affectnet-8"]}), of a few hundred synthetic faces each: files come from the system's cache, not from the disk. Batches alone start from a standstill, with nothing prepared.`,
  ],
};
